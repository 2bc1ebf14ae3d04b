import type { Grouping } from '../model/endpoint.js';
import type { HeldDelivery } from '../model/queued-delivery.js';
import type { Run } from './attempt-runner.js';

/** A delivery that waits in a lane. */
export interface Entry {
  readonly held: HeldDelivery;
  /** Called once, with what became of it. */
  readonly ended: (run: Run) => void;
  /** In how large a request it goes at most: a larger one was refused as a whole. */
  readonly most?: number;
}

/** What waits in one lane, in order; what a person asked for goes first. */
export class WaitingLine {
  private readonly manual: Entry[] = [];
  private readonly others: Entry[] = [];

  get first(): Entry | undefined {
    return this.manual[0] ?? this.others[0];
  }

  add(entry: Entry): void {
    (entry.held.manual ? this.manual : this.others).push(entry);
  }

  removeFirst(): void {
    (this.manual.length > 0 ? this.manual : this.others).shift();
  }

  /** Takes the first, and with a grouping those behind it that go along in its request; see `companions`. */
  take(
    first: Entry,
    grouping: Grouping | null,
    mayGo: (entry: Entry) => boolean,
  ): readonly [Entry, ...Entry[]] {
    const along = grouping && !first.held.manual ? companions(this.others, grouping, mayGo) : [];
    this.removeFirst();
    this.others.splice(0, along.length);
    return [first, ...along];
  }

  /** These go on in their place, before all others. */
  putBack(entries: readonly Entry[]): void {
    this.others.unshift(...entries);
  }
}

/**
 * Those that share a request with the first that waits, in their order and without gaps; none where too few wait.
 *
 * @param mayGo whether nothing is against an attempt now
 */
function companions(
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
