import type { Answer, ReceivedRequest } from '../receiver.js';

type StandIn = (request: ReceivedRequest) => Answer;

const refusal = (status: number, body: unknown): Answer => ({
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const textsOf = (blocks: any[]): any[] =>
  blocks.flatMap(({ text, fields = [], elements = [] }) => [text, ...fields, ...elements]).filter(Boolean);

function slack({ path, json }: ReceivedRequest): Answer {
  if (!/^\/services\/\w+\/\w+\/\w+$/.test(path)) return refusal(404, 'no_service');
  if (typeof json?.text !== 'string') return refusal(400, 'no_text');
  const blocks = json.blocks ?? [];
  const isWrong = (text: any): boolean => !text.text || text.text.length > 3000;
  if (blocks.length > 50 || textsOf(blocks).some(isWrong)) return refusal(400, 'invalid_blocks');
  return refusal(200, 'ok');
}

function discord({ path, headers, json }: ReceivedRequest): Answer {
  if (!headers['user-agent']?.startsWith('DiscordBot (')) return refusal(403, '<!doctype html>Cloudflare');
  if (!/^\/api\/webhooks\/\d+\/[\w-]+\?/.test(path))
    return refusal(404, { code: 10015, message: 'Unknown Webhook' });
  const [embed] = json?.embeds ?? [];
  const texts = [embed?.title, embed?.footer?.text, ...(embed?.fields ?? []).flatMap(Object.values)];
  const size = texts.filter((text) => typeof text === 'string').join('').length;
  if (!embed) return refusal(400, { code: 50006, message: 'Cannot send an empty message' });
  if (size > 6000 || texts.includes('')) return refusal(400, { code: 50035, message: 'Invalid Form Body' });
  return path.includes('wait=true') ? refusal(200, { id: '1' }) : { status: 204 };
}

function teams({ path, json }: ReceivedRequest): Answer {
  if (!/[?&]sig=/.test(path)) return refusal(401, { error: { code: 'DirectApiAuthorizationRequired' } });
  const type = json?.attachments?.[0]?.contentType;
  // The real one takes this with 202 and fails inside the flow, where nobody looks.
  if (type !== 'application/vnd.microsoft.card.adaptive')
    return refusal(400, { error: { code: 'InvalidCard' } });
  return { status: 202 };
}

const mattermost: StandIn = ({ json }) =>
  json?.text || json?.attachments?.length
    ? refusal(200, 'ok')
    : refusal(400, { id: 'web.incoming_webhook.text.app_error', message: 'No text specified' });

function telegram({ path, json }: ReceivedRequest): Answer {
  if (!/^\/bot\d+:\w+\/sendMessage$/.test(path)) return refusal(404, { ok: false, description: 'Not Found' });
  if (!json?.chat_id) return refusal(400, { ok: false, description: 'Bad Request: chat_id is empty' });
  if (!json.text || json.text.length > 4096)
    return refusal(400, { ok: false, description: 'Bad Request: text' });
  return refusal(200, { ok: true, result: { message_id: 1 } });
}

const google_chat: StandIn = ({ json }) =>
  json?.cardsV2?.length
    ? refusal(200, { name: 'spaces/AAAA/messages/1' })
    : refusal(400, { error: { code: 400, message: 'Message cannot be empty', status: 'INVALID_ARGUMENT' } });

const ntfy: StandIn = ({ json }) =>
  /^[-\w]{1,64}$/.test(json?.topic ?? '')
    ? refusal(200, { id: 'x', event: 'message' })
    : refusal(400, { code: 40_009, http: 400, error: 'topic invalid' });

/** Takes what a ticket system of our own making would take. */
const custom: StandIn = ({ json }) =>
  typeof json?.subject === 'string' ? refusal(201, { ok: true }) : refusal(200, { ok: false });

/**
 * What the receivers of chat formats take and refuse, in their words: wiring is tested with them, and no more. That what
 * is sent is right is the business of the validators that nobody here wrote.
 */
export const STAND_INS: Readonly<Record<string, StandIn>> = {
  ...{ slack, discord, teams, mattermost, telegram, google_chat, ntfy, custom },
};
