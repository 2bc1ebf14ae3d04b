import { createHash } from 'node:crypto';
import { chatFormat } from '../chat.js';
import { defaultInterpretation } from '../default-interpretation.js';
import type { Answer, Interpretation, UrlFindings } from '../format.js';
import type { Message } from '../message.js';
import { textIn } from '../read-answer.js';
import { interpretation, jsonLength, jsonRequest, saying } from '../request.js';
import { Room } from '../room.js';

/** Text of cards takes a few HTML tags. */
export const escapeCard = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** In bytes; the form of the card and of its widgets is far below the rest. */
const LIMITS = { message: 32_000, texts: 24_000 } as const;
const WIDGET_FORM = 64;
/** A widget, its label when each character of it is escaped, and some of its value: a widget without text is refused. */
const LEAST_FACT = WIDGET_FORM + 5 * 64 + 64;

/** A card: nothing is in `text`, where `<users/all>` calls everybody. */
export function googleChatCard(message: Message) {
  const room = new Room(LIMITS.texts, { escape: escapeCard, measure: jsonLength });
  const title = room.fit(message.title);
  const subtitle = room.fit(message.footer);
  const facts = room.each(message.facts, LEAST_FACT, ({ label, value }) => {
    room.spend(WIDGET_FORM);
    return { decoratedText: { topLabel: room.fit(label), text: room.fit(value), wrapText: true } };
  });
  const button = { text: 'Open', onClick: { openLink: { url: message.link ?? '' } } };
  const link = message.link === null ? [] : [{ buttonList: { buttons: [button] } }];
  const summary =
    facts.length + link.length > 0 ? [] : [{ textParagraph: { text: room.fit(message.summary) } }];
  const card = { header: { title, subtitle }, sections: [{ widgets: [...facts, ...link, ...summary] }] };
  return { card, truncated: room.truncated || message.truncated };
}

/** Of the message, as the receiver takes it: small letters, digits and hyphens. */
const idOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

function targetUrl(url: string, message: Message, threads: boolean): string {
  const target = new URL(url);
  // A repeat of the same message gets the answer of the first.
  target.searchParams.set('requestId', idOf(message.id));
  if (threads) target.searchParams.set('messageReplyOption', 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD');
  return target.href;
}

function checkUrl({ pathname, searchParams }: URL): UrlFindings {
  const isWhole = searchParams.has('key') && searchParams.has('token');
  const problems =
    isWhole && /\/spaces\/[^/]+\/messages$/.test(pathname)
      ? []
      : [
          'The URL of a Google Chat webhook is https://chat.googleapis.com/v1/spaces/<space>/messages?key=…&token=…, whole, as Chat shows it',
        ];
  return { problems, warnings: [] };
}

export function interpretGoogleChat(answer: Answer): Interpretation {
  // By pattern: with its details an error is longer than what is kept of an answer.
  const reason = answer.status < 300 ? undefined : saying('Google Chat', textIn(answer, 'message'));
  // The space or the webhook is gone; a page of a proxy says nothing of it.
  if (answer.status === 404 && textIn(answer, 'status') === 'NOT_FOUND')
    return interpretation('gone', reason);
  return interpretation(defaultInterpretation(answer).outcome, reason);
}

/** Google Chat: webhooks of a space. */
export const googleChat = chatFormat({
  name: 'google_chat',
  title: 'Google Chat (webhook of a space)',
  version: 2,
  urlRule: 'https://chat.googleapis.com/v1/spaces/<space>/messages?key=…&token=…',
  rate: { perSecond: 1, burst: 1, per: 'url' },
  limits: { message: LIMITS.message },
  ownOptions: {
    threads: {
      type: 'boolean',
      default: false,
      description: 'Whether each project has a thread of its own.',
    },
  },
  checkUrl,
  show(message, options, { url }) {
    const { card, truncated } = googleChatCard(message);
    const threads = options.threads === true;
    const thread = threads ? { thread: { threadKey: idOf(message.project ?? '') } } : {};
    // What a notification shows: the kind of event alone, because nobody says whether mentions work in it.
    const body = { fallbackText: message.kind, cardsV2: [{ cardId: message.id, card }], ...thread };
    const headers = { 'Content-Type': 'application/json; charset=UTF-8' };
    return jsonRequest(targetUrl(url, message, threads), body, truncated, headers);
  },
  interpret: interpretGoogleChat,
});
