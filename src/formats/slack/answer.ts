import { defaultInterpretation } from '../default-interpretation.js';
import type { Answer, FormatOptions, Interpretation, OutcomeWord } from '../format.js';
import { interpretation, jsonObject, saying } from '../request.js';

/** The words count, not the status: Slack has sent some of them with several. */
const WORDS: Readonly<Record<string, OutcomeWord>> = {
  invalid_payload: 'rejected',
  no_text: 'rejected',
  user_not_found: 'rejected',
  invalid_blocks: 'rejected',
  invalid_blocks_format: 'rejected',
  invalid_attachments: 'rejected',
  too_many_attachments: 'rejected',
  msg_blocks_too_long: 'rejected',
  msg_too_long: 'rejected',
  action_prohibited: 'blocked',
  posting_to_general_channel_denied: 'blocked',
  team_disabled: 'blocked',
  // Inviting the app again repairs it.
  channel_not_found: 'blocked',
  invalid_token: 'gone',
  no_service: 'gone',
  no_service_id: 'gone',
  no_active_hooks: 'gone',
  no_team: 'gone',
  channel_is_archived: 'gone',
  rollup_error: 'retry',
};

const SAYS_OK = /^\s*ok\s*$/;

/** Slack answers 200 to some of what it does not post: only `ok` is success, of a workflow also `{"ok":true}`. */
export function interpretSlack(answer: Answer, options: FormatOptions): Interpretation {
  const { status, body } = answer;
  const json = jsonObject(answer);
  const reason = saying('Slack', json?.error ?? body);
  if (status >= 200 && status < 300) {
    const isOk = SAYS_OK.test(body) || (options.mode === 'workflow' && json?.ok === true);
    return isOk
      ? { outcome: 'success' }
      : interpretation('rejected', reason ?? 'Slack: the answer is not "ok"');
  }
  if (status === 429) return interpretation('throttled', reason);
  const word = typeof json?.error === 'string' ? json.error : body.trim();
  const outcome = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  return interpretation(outcome ?? defaultInterpretation(answer).outcome, reason);
}
