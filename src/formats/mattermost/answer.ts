import { defaultInterpretation } from '../default-interpretation.js';
import type { Answer, Interpretation, OutcomeWord } from '../format.js';
import { interpretation, jsonObject, saying } from '../request.js';

/** The middle of `web.incoming_webhook.<word>.app_error` says more than the status. */
const WORDS: Readonly<Record<string, OutcomeWord>> = {
  text: 'rejected',
  parse: 'rejected',
  decode: 'rejected',
  parse_form: 'rejected',
  split_props_length: 'rejected',
  // Deleted, or the server's database fails: it says the same, so the webhook is not switched off at once.
  invalid: 'blocked',
  disabled: 'blocked',
  channel: 'blocked',
  channel_locked: 'blocked',
  permissions: 'blocked',
  user: 'blocked',
};

export function interpretMattermost(answer: Answer): Interpretation {
  const { status, body } = answer;
  const json = jsonObject(answer);
  const reason = saying('Mattermost', json?.message ?? (status < 300 ? body : undefined));
  if (status >= 200 && status < 300)
    return /^\s*ok\s*$/.test(body)
      ? { outcome: 'success' }
      : interpretation('rejected', reason ?? 'Mattermost: the answer is not "ok"');
  if (status === 429) return interpretation('throttled', reason);
  const id = typeof json?.id === 'string' ? json.id : '';
  const word = /^web\.incoming_webhook\.(\w+)\.app_error$/.exec(id)?.[1] ?? '';
  const outcome = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  // The server itself knows no such webhook; a page of a proxy says nothing of it.
  const byStatus = status === 404 && id !== '' ? 'gone' : defaultInterpretation(answer).outcome;
  return interpretation(outcome ?? byStatus, reason);
}
