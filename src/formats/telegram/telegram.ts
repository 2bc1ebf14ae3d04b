import { chatFormat } from '../chat.js';
import { defaultInterpretation } from '../default-interpretation.js';
import type { Answer, FormatOptions, Interpretation, OutcomeWord, UrlFindings } from '../format.js';
import type { Message } from '../message.js';
import { interpretation, jsonObject, jsonRequest, saying, secondsOf } from '../request.js';
import { Room } from '../room.js';

const entities = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** What clients of Telegram make a command, a hashtag or a cashtag of, where a word begins with it. */
const TAG = /(?<![\p{L}\p{N}_/])[/#$](?=[\p{L}\p{N}_])/gu;

/** Entities for the few tags there are, and nothing that could mention, be a command or search the chat. */
export const escapeTelegram = (text: string): string =>
  entities(text.replace(TAG, '$&\u200b').replaceAll('@', '@\u200b'));

/** After the entities are read, so what is escaped counts more here than there. */
const LIMITS = { message: 4096 } as const;
const LEAST_FACT = 60;
/** Tags, line breaks and separators around what is fitted. */
const FORM = 64;

/** The text in the HTML of Telegram: its tags are ours. */
export function telegramText(message: Message): { text: string; truncated: boolean } {
  const room = new Room(LIMITS.message - FORM, { escape: escapeTelegram });
  const title = `<b>${room.fit(message.title)}</b>`;
  const footer = `<i>${room.fit(message.footer)}</i>`;
  const href = message.link === null ? '' : entities(message.link);
  room.spend(href.length);
  const link = message.link === null ? [] : [`<a href="${href}">Open</a>`];
  const facts = room.each(message.facts, LEAST_FACT, ({ label, value }) => {
    room.spend(10);
    return `<b>${room.fit(label)}</b>: ${room.fit(value)}`;
  });
  return {
    text: [title, ...facts, ...link, footer].join('\n'),
    truncated: room.truncated || message.truncated,
  };
}

function checkUrl({ pathname }: URL): UrlFindings {
  const problems = /\/bot[^/]+\/sendMessage$/.test(pathname)
    ? []
    : ['The URL of a Telegram bot is https://api.telegram.org/bot<token>/sendMessage'];
  return { problems, warnings: [] };
}

const AGAINST_ALL = /chat not found|bot was (kicked|blocked)|not enough rights|need administrator rights/i;

function outcomeOf(answer: Answer, description: string, isMoved: boolean): OutcomeWord {
  const { status } = answer;
  // The token is none, or one that was revoked; what a proxy says has no description.
  if ((status === 401 || status === 404) && description !== '') return 'gone';
  if (status === 400) return isMoved || AGAINST_ALL.test(description) ? 'blocked' : 'rejected';
  return defaultInterpretation(answer).outcome;
}

/** Telegram says in JSON whether it has sent the message; 200 alone says nothing. */
export function interpretTelegram(answer: Answer): Interpretation {
  const json = jsonObject(answer);
  const description = typeof json?.description === 'string' ? json.description : '';
  const parameters = (json?.parameters ?? {}) as Readonly<Record<string, unknown>>;
  const moved = parameters.migrate_to_chat_id;
  const isMoved = typeof moved === 'number' || typeof moved === 'string';
  const reason = saying('Telegram', isMoved ? `${description}; the chat is now ${moved}` : description);
  if (answer.status >= 200 && answer.status < 300) {
    // A long message is quoted, so the JSON may be cut.
    const isOk = json ? json.ok === true : /^\s*\{\s*"ok"\s*:\s*true\b/.test(answer.body);
    return isOk
      ? { outcome: 'success' }
      : interpretation('rejected', reason ?? 'Telegram: the answer is not ok');
  }
  if (answer.status === 429) return interpretation('throttled', reason, secondsOf(parameters.retry_after));
  return interpretation(outcomeOf(answer, description, isMoved), reason);
}

/** What `sendMessage` is called with. */
export function telegramBody(message: Message, options: FormatOptions) {
  const { text, truncated } = telegramText(message);
  const { chat_id, message_thread_id, disable_notification } = options;
  const body = {
    chat_id: chat_id as number | string,
    text,
    parse_mode: 'HTML' as const,
    link_preview_options: { is_disabled: true as const },
    ...(typeof message_thread_id === 'number' && { message_thread_id }),
    ...(typeof disable_notification === 'boolean' && { disable_notification }),
  };
  return { body, truncated };
}

/** Telegram: the Bot API. */
export const telegram = chatFormat({
  name: 'telegram',
  title: 'Telegram (bot)',
  version: 2,
  urlRule: 'https://api.telegram.org/bot<token>/sendMessage',
  // 20 a minute in a group.
  rate: { perSecond: 0.3, burst: 1, per: 'url', option: 'chat_id' },
  limits: { message: LIMITS.message },
  requiredOptions: ['chat_id'],
  ownOptions: {
    chat_id: {
      oneOf: [{ type: 'integer' }, { type: 'string', pattern: '^(-?[0-9]{1,20}|@[A-Za-z0-9_]{1,64})$' }],
      description: 'Of the chat or group (a number), or `@name` of a public channel.',
    },
    message_thread_id: { type: 'integer', minimum: 1, description: 'Topic of a group that has topics.' },
    disable_notification: { type: 'boolean', default: false, description: 'Sent without a sound.' },
  },
  checkUrl,
  show(message, options, { url }) {
    const { body, truncated } = telegramBody(message, options);
    return jsonRequest(url, body, truncated);
  },
  interpret: interpretTelegram,
});
