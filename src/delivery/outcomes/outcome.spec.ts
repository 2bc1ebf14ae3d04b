import { expect, it } from '@jest/globals';
import type { ErrorCode } from '../model/delivery.js';
import { answerOf } from './outcome.js';

it.each<[number | null, ErrorCode | null, string]>([
  [204, null, '2xx'],
  [302, 'http', '3xx'],
  [429, 'http', '4xx'],
  [503, 'http', '5xx'],
  [999, 'http', '5xx'],
  [null, 'policy', 'policy'],
  [null, 'timed_out_answer', 'timed_out'],
  [null, 'timed_out', 'timed_out'],
  [null, 'refused', 'no_connection'],
  [null, null, 'no_connection'],
])('an attempt that ended with %s, %s is counted as %s', (responseCode, errorCode, answer) => {
  expect(answerOf({ responseCode, errorCode })).toBe(answer);
});
