import { defaultInterpretation, pageInstead } from '../default-interpretation.js';
import type { Answer, Interpretation } from '../format.js';
import { numberIn, textIn } from '../read-answer.js';

/** No JSON is taken there: an operator can repair that, and no event is to be lost for it. */
const WRONG_TYPE = 415;

/**
 * 200 with rejected records is a failure that must not be sent again. Of 5xx the specification lets only 502, 503 and
 * 504 be sent again; here all are, because an operator can repair the others.
 */
export function interpretOtlp(answer: Answer): Interpretation {
  const { status } = answer;
  const page = pageInstead(answer);
  if (page) return page;
  if (status >= 200 && status < 300) {
    if ((numberIn(answer, 'rejectedLogRecords') ?? 0) <= 0) return { outcome: 'success' };
    const words = textIn(answer, 'errorMessage') ?? 'the record was rejected';
    return { outcome: 'rejected', reason: `OTLP: ${words}` };
  }
  const outcome = status === WRONG_TYPE ? 'blocked' : defaultInterpretation(answer).outcome;
  const words = textIn(answer, 'message');
  return words === undefined ? { outcome } : { outcome, reason: `OTLP: ${words} (HTTP ${status})` };
}

/** It tells how many records were rejected, not which: fewer than all are found by sending them in parts. */
export function interpretOtlpBatch(answer: Answer, count: number): Interpretation | Interpretation[] {
  const interpretation = interpretOtlp(answer);
  if (interpretation.outcome !== 'rejected' || answer.status >= 300) return interpretation;
  const rejected = numberIn(answer, 'rejectedLogRecords') ?? 0;
  return rejected < count ? interpretation : Array<Interpretation>(count).fill(interpretation);
}
