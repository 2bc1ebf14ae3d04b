import type { Grouping } from '../model/grouping.js';
import type { HeldDelivery } from '../model/queued-delivery.js';

interface Waiting {
  readonly held: HeldDelivery;
  /** In how large a request it goes at most. */
  readonly most?: number;
}

/**
 * Those that share a request with the first that waits, in their order and without gaps; none where too few wait.
 *
 * @param mayGo whether nothing is against an attempt now
 */
export function companions<Entry extends Waiting>(
  waiting: readonly Entry[],
  { atLeast, atMost, maxBytes }: Grouping,
  mayGo: (entry: Entry) => boolean,
): Entry[] {
  let most = atMost;
  let bytes = 0;
  let count = 0;
  for (const entry of waiting) {
    most = Math.min(most, entry.most ?? most);
    bytes += entry.held.body.bytes.length;
    // A test is an answer to somebody who asked for that one request.
    const goesAlong = count === 0 || (!entry.held.single && bytes <= maxBytes && mayGo(entry));
    if (count >= most || !goesAlong) break;
    count += 1;
  }
  return count < atLeast || waiting[0]?.held.single ? [] : waiting.slice(1, count);
}
