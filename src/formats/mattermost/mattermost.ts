import { chatFormat } from '../chat.js';
import type { FormatOptions, UrlFindings } from '../format.js';
import type { Message } from '../message.js';
import { jsonRequest } from '../request.js';
import { Room } from '../room.js';
import { hexColor, SEVERITIES } from '../severity.js';
import { interpretMattermost } from './answer.js';

/**
 * Backslashes before what is Markdown, and a zero-width space behind what begins a mention: besides `@all`, Mattermost
 * takes Slack's `<!channel>` for one, and cannot be told not to.
 */
export const escapeMattermost = (text: string): string =>
  text.replace(/[\\*_~`|>#\-[\]()!<]/g, '\\$&').replace(/[@<]/g, '$&\u200b');

/** A post of more than 16,383 characters is split into several. */
const LIMITS = { title: 1024, value: 2000, message: 12_000 } as const;
/** A title of which each character is escaped, and some of its value. */
const LEAST_FIELD = 3 * 64 + 16;

const OVERRIDES = ['channel', 'username', 'icon_url', 'icon_emoji'] as const;

/** One attachment; nothing of the data is in `text`, where links are previewed. */
export function mattermostMessage(message: Message, options: FormatOptions) {
  const room = new Room(LIMITS.message, { escape: escapeMattermost });
  const fallback = room.fit(message.summary, LIMITS.title);
  const title = room.fit(message.title, LIMITS.title);
  const footer = room.fit(message.footer, LIMITS.title);
  const fields = room.each(message.facts, LEAST_FIELD, ({ label, value }) => ({
    title: room.fit(label),
    value: room.fit(value, LIMITS.value),
    short: value.length <= 40,
  }));
  const attachment = {
    fallback,
    color: hexColor(SEVERITIES[message.severity].color),
    title,
    ...(message.link !== null && { title_link: message.link }),
    fields,
    footer,
  };
  const given = OVERRIDES.filter((name) => typeof options[name] === 'string').map((name) => [
    name,
    options[name],
  ]);
  return {
    body: { ...Object.fromEntries(given), attachments: [attachment] } as Record<string, unknown>,
    truncated: room.truncated || message.truncated,
  };
}

function checkUrl({ pathname }: URL): UrlFindings {
  const problems = /\/hooks\/[^/]+$/.test(pathname)
    ? []
    : ['The URL of a Mattermost incoming webhook is https://<server>/hooks/<key>'];
  return { problems, warnings: [] };
}

const override = (description: string) =>
  ({ type: 'string', minLength: 1, maxLength: 256, description }) as const;

/** Mattermost: incoming webhooks. */
export const mattermost = chatFormat({
  name: 'mattermost',
  title: 'Mattermost (incoming webhook)',
  version: 2,
  urlRule: 'https://<server>/hooks/<key>',
  rate: { perSecond: 2, burst: 2, per: 'url' },
  limits: { title: LIMITS.title, field: LIMITS.value, message: LIMITS.message },
  ownOptions: {
    channel: override('Another channel than the webhook’s own, where the server and the webhook allow it.'),
    username: override('Name shown as the author, where the server allows it.'),
    icon_url: override('Picture shown with the author, where the server allows it.'),
    icon_emoji: override('Emoji shown with the author, where the server allows it.'),
  },
  checkUrl,
  show(message, options, { url }) {
    const { body, truncated } = mattermostMessage(message, options);
    return jsonRequest(url, body, truncated);
  },
  interpret: interpretMattermost,
});
