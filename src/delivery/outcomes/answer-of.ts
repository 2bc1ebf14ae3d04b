import type { AnswerClass } from '../../common/metrics/delivery-metrics.js';
import type { AttemptResult } from '../model/delivery.js';

const BY_HUNDRED: Readonly<Record<number, AnswerClass>> = { 2: '2xx', 3: '3xx', 4: '4xx' };

/** What came back from an attempt, in one of a few words. */
export function answerOf({
  responseCode,
  errorCode,
}: Pick<AttemptResult, 'responseCode' | 'errorCode'>): AnswerClass {
  if (responseCode !== null) return BY_HUNDRED[Math.floor(responseCode / 100)] ?? '5xx';
  if (errorCode === 'policy') return 'policy';
  return errorCode?.startsWith('timed_out') ? 'timed_out' : 'no_connection';
}
