import { chatFormat } from '../chat.js';
import { defaultInterpretation } from '../default-interpretation.js';
import type { Answer, Interpretation, UrlFindings } from '../format.js';
import type { Message } from '../message.js';
import { interpretation, jsonObject, jsonRequest, saying } from '../request.js';
import { Room } from '../room.js';
import { SEVERITIES } from '../severity.js';
import { utf8Length } from '../text.js';

/** In bytes: what is longer than 4096 becomes an attachment. */
const LIMITS = { message: 3900, title: 250 } as const;
const LEAST_FACT = 60;

/** Plain text: nothing in it is interpreted. */
export function ntfyMessage(message: Message) {
  const room = new Room(LIMITS.message, { measure: utf8Length });
  const title = room.fit(message.title, LIMITS.title);
  const footer = room.fit(message.footer);
  const facts = room.each(message.facts, LEAST_FACT, ({ label, value }) => {
    room.spend(3);
    return `${room.fit(label)}: ${room.fit(value)}`;
  });
  return { title, message: [...facts, footer].join('\n'), truncated: room.truncated || message.truncated };
}

function checkUrl({ pathname, searchParams }: URL): UrlFindings {
  if (searchParams.has('auth'))
    return {
      problems: ['must not carry auth: set headers to {"Authorization": "Bearer tk_…"}'],
      warnings: [],
    };
  const problems =
    pathname === '/'
      ? []
      : ['The URL is the root of the ntfy server, such as https://ntfy.sh/; the topic is an option'];
  return { problems, warnings: [] };
}

const DAILY_QUOTA = 42_908;

export function interpretNtfy(answer: Answer): Interpretation {
  const json = jsonObject(answer);
  const reason = saying('ntfy', json?.error);
  if (answer.status === 429)
    return interpretation('throttled', reason, json?.code === DAILY_QUOTA ? 3600 : 60);
  return interpretation(defaultInterpretation(answer).outcome, reason);
}

/** ntfy: publishing as JSON. */
export const ntfy = chatFormat({
  name: 'ntfy',
  title: 'ntfy (push notifications)',
  version: 2,
  urlRule: 'The root of the server, such as https://ntfy.sh/',
  urlIsSecret: false,
  // 60 at once, then one in 5 seconds: what a public server takes of a visitor.
  rate: { perSecond: 0.2, burst: 20, per: 'url' },
  limits: { message: LIMITS.message, title: LIMITS.title },
  requiredOptions: ['topic'],
  ownOptions: {
    topic: {
      type: 'string',
      pattern: '^[-_A-Za-z0-9]{1,64}$',
      writeOnly: true,
      description: 'Whoever knows it can read and write on a server without accounts.',
    },
  },
  checkUrl,
  show(message, { topic }, { url }) {
    const { truncated, ...shown } = ntfyMessage(message);
    const priority = SEVERITIES[message.severity].ntfy;
    const click = message.link === null ? {} : { click: message.link };
    return jsonRequest(url, { topic, ...shown, priority, tags: [message.severity], ...click }, truncated);
  },
  interpret: interpretNtfy,
});
