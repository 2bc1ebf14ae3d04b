import type { AnswerClass } from '../../common/metrics/delivery-metrics.js';

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

/** What is added to one hour of one webhook; null = of all together. */
export interface Addition {
  readonly webhookId: string | null;
  readonly hour: HourSums;
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

/** What became of attempts: sums over a time, of one webhook or of all. */
export interface Sums {
  /** Deliveries that arrived. */
  succeeded: number;
  /** Deliveries that ended without. */
  failed: number;
  attempts: number;
  /** Of all attempts together. */
  durationMs: number;
  '2xx': number;
  '3xx': number;
  '4xx': number;
  '5xx': number;
  /** Attempts without an answer. */
  none: number;
}

export const SUMMED = [
  'succeeded',
  'failed',
  'attempts',
  'durationMs',
  '2xx',
  '3xx',
  '4xx',
  '5xx',
  'none',
] as const satisfies readonly (keyof Sums)[];

/** How the sums are called on a node. */
export const PROPERTIES = {
  succeeded: 'succeeded',
  failed: 'failed',
  attempts: 'attempts',
  durationMs: 'duration_ms',
  '2xx': 'answered_2xx',
  '3xx': 'answered_3xx',
  '4xx': 'answered_4xx',
  '5xx': 'answered_5xx',
  none: 'unanswered',
} as const satisfies Record<(typeof SUMMED)[number], string>;

/** One way in which an attempt, or the lack of one, left a delivery. */
export interface Happening {
  readonly status: 'success' | 'failed' | 'retrying';
  /** undefined = there was no attempt. */
  readonly attempt?: { readonly answer: AnswerClass; readonly durationMs: number };
}

export function noSums(): Sums {
  return {
    ...{ succeeded: 0, failed: 0, attempts: 0, durationMs: 0 },
    ...{ '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0 },
  };
}

const ANSWERS = new Set<string>(['2xx', '3xx', '4xx', '5xx']);

function columnOf(answer: AnswerClass): '2xx' | '3xx' | '4xx' | '5xx' | 'none' {
  return ANSWERS.has(answer) ? (answer as '2xx') : 'none';
}

export function count(sums: Sums, { status, attempt }: Happening): void {
  if (status === 'success') sums.succeeded += 1;
  if (status === 'failed') sums.failed += 1;
  if (!attempt) return;
  sums.attempts += 1;
  sums.durationMs += attempt.durationMs;
  sums[columnOf(attempt.answer)] += 1;
}

export function add(sums: Sums, more: Readonly<Sums>): void {
  for (const key of SUMMED) sums[key] += more[key];
}

/** The sums of this process that are not in the graph yet: by webhook, null = all together, and by the hour. */
export class ActivityTally {
  private waiting = new Map<string | null, Map<number, Sums>>();

  note(webhookId: string, at: number, happening: Happening): void {
    const from = beginOf(at, HOUR_MS);
    count(this.sums(webhookId, from), happening);
    count(this.sums(null, from), happening);
  }

  /** All that waits; from now on it waits no longer. */
  take(): Addition[] {
    const taken = [...this.waiting].flatMap(([webhookId, hours]) =>
      [...hours].map(([from, sums]) => ({ webhookId, hour: { from, sums } })),
    );
    this.waiting = new Map();
    return taken;
  }

  /** What was taken could not be written. */
  putBack(additions: readonly Addition[]): void {
    for (const { webhookId, hour } of additions) add(this.sums(webhookId, hour.from), hour.sums);
  }

  hours(webhookId: string | null): HourSums[] {
    return [...(this.waiting.get(webhookId) ?? [])].map(([from, sums]) => ({ from, sums }));
  }

  /** The webhooks of which something waits. */
  webhooks(): string[] {
    return [...this.waiting.keys()].filter((id) => id !== null);
  }

  private sums(webhookId: string | null, from: number): Sums {
    const hours = this.waiting.get(webhookId) ?? new Map<number, Sums>();
    this.waiting.set(webhookId, hours);
    const sums = hours.get(from) ?? noSums();
    hours.set(from, sums);
    return sums;
  }
}
