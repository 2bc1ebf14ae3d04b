import { add, noSums, type Sums } from './activity-sums.js';

export const HOUR_MS = 3_600_000;
/** Sums are kept so long. */
export const KEPT_MS = 30 * 24 * HOUR_MS;

export const BUCKETS = { hour: HOUR_MS, day: 24 * HOUR_MS } as const;
export type BucketName = keyof typeof BUCKETS;

/** The sums of one hour. */
export interface HourSums {
  /** The beginning of the hour, ms since the epoch. */
  readonly from: number;
  readonly sums: Sums;
}

export const beginOf = (at: number, lengthMs: number): number => Math.floor(at / lengthMs) * lengthMs;

/** Where figures begin that are wanted from `since` on: the last day by hours, or all that is kept by days. */
export function firstBucket(since: number | undefined, bucket: BucketName, now: number): number {
  const length = BUCKETS[bucket];
  const oldest = beginOf(now - KEPT_MS, HOUR_MS);
  const wanted = since ?? (bucket === 'hour' ? now - 23 * HOUR_MS : oldest);
  return beginOf(Math.max(wanted, oldest), length);
}

/** One bucket for each hour or day (UTC) from `first` until now, also where nothing happened. */
export function inBuckets(
  hours: readonly HourSums[],
  first: number,
  bucket: BucketName,
  now: number,
): HourSums[] {
  const length = BUCKETS[bucket];
  const found = new Map<number, Sums>();
  for (let from = first; from <= now; from += length) found.set(from, noSums());
  for (const { from, sums } of hours) {
    const whole = found.get(beginOf(from, length));
    if (whole) add(whole, sums);
  }
  return [...found].map(([from, sums]) => ({ from, sums }));
}
