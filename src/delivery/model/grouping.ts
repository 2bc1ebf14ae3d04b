import { digestAbove, MOST_IN_DIGEST } from '../../formats/digest.js';
import type { Format, FormatOptions } from '../../formats/format.js';

/** When deliveries of one webhook share a request. */
export interface Grouping {
  /** `batch`: several events in one request; `digest`: one message about many. */
  readonly kind: 'batch' | 'digest';
  /** Where fewer wait, each goes alone. */
  readonly atLeast: number;
  readonly atMost: number;
  /** Of the events' own bodies. */
  readonly maxBytes: number;
}

const MIB = 1024 * 1024;

/** What a format and its options say of it; null = each delivery goes alone. */
export function groupingOf(format: Format, options: FormatOptions): Grouping | null {
  if (format.batch) {
    const { maxBytes } = format.batch;
    const atMost = format.batch.maxEvents(options);
    return atMost < 2 ? null : { kind: 'batch', atLeast: 2, atMost, maxBytes };
  }
  const above = 'renderDigest' in format ? digestAbove(options) : null;
  if (above === null) return null;
  return { kind: 'digest', atLeast: above + 1, atMost: MOST_IN_DIGEST, maxBytes: 8 * MIB };
}
