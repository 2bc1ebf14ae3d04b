import type { Answer, Interpretation } from './format.js';
import { isHtml } from './request.js';

const TO_BE_TRIED_AGAIN = new Set([408, 425]);
/** Also a wrong path (405) and a proxy that wants a login (407): neither has looked at the event. */
const TO_BE_REPAIRED = new Set([401, 403, 404, 405, 407]);

/**
 * What it means that a web page was answered where a receiver of events answers otherwise: a sign-in, a captive portal
 * or a proxy has taken the request, and no event is to be lost for that. undefined = it was none, or the status says it.
 */
export function pageInstead(answer: Answer): Interpretation | undefined {
  const { status } = answer;
  const isTaken = (status >= 200 && status < 300) || status === 400;
  if (!isTaken || !isHtml(answer)) return undefined;
  const reason = `A web page was answered (HTTP ${status}), which is not what this receiver answers: look at the URL, and at what stands before the receiver (a proxy, a sign-in)`;
  return { outcome: 'blocked', reason };
}

/** What an answer means where a format says nothing else. */
export function defaultInterpretation(answer: Answer): Interpretation {
  return pageInstead(answer) ?? byStatus(answer);
}

/** What a status means, whatever came with it. */
export function byStatus({ status }: Pick<Answer, 'status'>): Interpretation {
  if (status >= 200 && status < 300) return { outcome: 'success' };
  if (status < 400 || status >= 500 || TO_BE_TRIED_AGAIN.has(status)) return { outcome: 'retry' };
  if (status === 429) return { outcome: 'throttled' };
  if (status === 410) return { outcome: 'gone' };
  return { outcome: TO_BE_REPAIRED.has(status) ? 'blocked' : 'rejected' };
}
