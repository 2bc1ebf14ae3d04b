import { toInstant } from '../common/timestamp.js';
import type { FormatEvent } from './format.js';

type Timed = Pick<FormatEvent, 'timestamp'>;

const NANOSECONDS = 1_000_000n;

/** What every reader of RFC 3339 takes. */
const PLAIN = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d(?:\.\d{1,9})?Z$/;

/**
 * The time as every receiver reads it: UTC, with `T` and `Z`. Senders of events may write an offset, small letters or a
 * leap second, which many refuse.
 */
export const instant = ({ timestamp }: Timed): string =>
  PLAIN.test(timestamp) ? timestamp : toInstant(timestamp);

/** Milliseconds since the epoch. */
export const milliseconds = ({ timestamp }: Timed): number => Date.parse(toInstant(timestamp));

/** Seconds since the epoch, with three decimals at most; serialised without an exponent. */
export const seconds = (event: Timed): number => milliseconds(event) / 1000;

/**
 * Nanoseconds since the epoch as decimal text. An event may carry any time of the years 0 to 9999; what the receiver's
 * number cannot hold is its nearest one.
 */
export function nanoseconds(event: Timed, least: bigint, most: bigint): string {
  const exact = BigInt(milliseconds(event)) * NANOSECONDS;
  const held = exact < least ? least : exact;
  return (held > most ? most : held).toString();
}
