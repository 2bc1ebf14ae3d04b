import type { FormatEvent } from './format.js';

type Timed = Pick<FormatEvent, 'timestamp'>;

const NANOSECONDS = 1_000_000n;

/** Milliseconds since the epoch. */
export const milliseconds = ({ timestamp }: Timed): number => Date.parse(timestamp);

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
