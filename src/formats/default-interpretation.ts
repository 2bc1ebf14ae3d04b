import type { Answer, Interpretation } from './format.js';

const TO_BE_TRIED_AGAIN = new Set([408, 425]);
const TO_BE_REPAIRED = new Set([401, 403, 404]);

/** What a status means where a format says nothing else. */
export function defaultInterpretation({ status }: Pick<Answer, 'status'>): Interpretation {
  if (status >= 200 && status < 300) return { outcome: 'success' };
  if (status < 400 || status >= 500 || TO_BE_TRIED_AGAIN.has(status)) return { outcome: 'retry' };
  if (status === 429) return { outcome: 'throttled' };
  if (status === 410) return { outcome: 'gone' };
  return { outcome: TO_BE_REPAIRED.has(status) ? 'blocked' : 'rejected' };
}
