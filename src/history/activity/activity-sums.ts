import type { AnswerClass } from '../../common/metrics/delivery-metrics.js';

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
