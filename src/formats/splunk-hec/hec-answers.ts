import { defaultInterpretation, pageInstead } from '../default-interpretation.js';
import type { Answer, Interpretation, OutcomeWord } from '../format.js';
import { numberIn, textIn } from '../read-answer.js';

/** A server that is busy says so without a time: the first pause, which grows. */
const BUSY_SECONDS = 5;

/** The collector's own codes: the status alone is wrong. Those it does not name are taken by their status. */
const BY_CODE = new Map<number, OutcomeWord>([
  [0, 'success'],
  [1, 'blocked'], // token disabled
  [2, 'blocked'], // token required
  [3, 'blocked'], // invalid authorization
  [4, 'blocked'], // invalid token
  [5, 'rejected'], // no data
  [6, 'rejected'], // invalid data format
  [7, 'blocked'], // incorrect index
  [8, 'retry'], // internal server error
  [9, 'throttled'], // server is busy
  [10, 'blocked'], // data channel is missing
  [11, 'blocked'], // invalid data channel
  [12, 'rejected'], // event field is required
  [13, 'rejected'], // event field cannot be blank
  [14, 'blocked'], // ACK is disabled
  [15, 'rejected'], // error in handling indexed fields
  [16, 'blocked'], // query string authorization is not enabled
  [18, 'throttled'], // queues are full
  [19, 'throttled'], // ACK service unavailable
  [20, 'throttled'], // queues full, ACK service unavailable
  [21, 'blocked'], // invalid token
  [22, 'blocked'], // token disabled
]);

function byStatus(answer: Answer): OutcomeWord {
  if (answer.status === 503) return 'throttled';
  return defaultInterpretation(answer).outcome;
}

const wait = (outcome: OutcomeWord): Pick<Interpretation, 'firstWaitSeconds'> =>
  outcome === 'throttled' ? { firstWaitSeconds: BUSY_SECONDS } : {};

/** 200 is success only with `"code":0`; an answer without a code comes from something else at that address. */
export function interpretHec(answer: Answer): Interpretation {
  const code = numberIn(answer, 'code');
  const page = code === undefined ? pageInstead(answer) : undefined;
  if (page) return page;
  if (code === undefined && answer.status >= 200 && answer.status < 300)
    return { outcome: 'blocked', reason: 'Splunk: this is not the answer of an HTTP Event Collector' };
  const isLying = code !== 0 && answer.status < 300;
  const named = code === undefined ? undefined : BY_CODE.get(code);
  const outcome =
    named === 'success' && answer.status >= 300
      ? byStatus(answer)
      : (named ?? (isLying ? 'rejected' : byStatus(answer)));
  if (outcome === 'success') return { outcome };
  const words = textIn(answer, 'text') ?? `HTTP ${answer.status}`;
  const reason = `Splunk: ${words}${code === undefined ? '' : ` (code ${code})`}`;
  return { outcome, reason, ...wait(outcome) };
}

/**
 * Splunk names the first event that it did not take, counted from 0. Those before it may be stored or not, by the version
 * of Splunk; those after it are not: all others are sent again.
 */
export function interpretHecBatch(answer: Answer, count: number): Interpretation | Interpretation[] {
  const interpretation = interpretHec(answer);
  const wrong = numberIn(answer, 'invalid-event-number');
  if (interpretation.outcome !== 'rejected' || wrong === undefined || wrong < 0 || wrong >= count)
    return interpretation;
  return Object.assign(Array<Interpretation>(count), { [wrong]: interpretation });
}
