import { VERSION } from '../../common/version.js';
import { chatFormat } from '../chat.js';
import type { FormatOptions, UrlFindings } from '../format.js';
import type { Message } from '../message.js';
import { jsonRequest } from '../request.js';
import { Room } from '../room.js';
import { SEVERITIES } from '../severity.js';
import { interpretDiscord } from './answer.js';

const ZERO_WIDTH_SPACE = '\u200b';

const disarmMentions = (text: string): string => text.replaceAll('@', `@${ZERO_WIDTH_SPACE}`);

/** Backslashes before what is Markdown at Discord, and nothing that could be a mention or a custom emoji. */
export const escapeDiscord = (text: string): string =>
  disarmMentions(text.replace(/[\\*_~`|>#\-[\]()<]/g, '\\$&'));

const LIMITS = { title: 256, name: 256, value: 1024, footer: 2048, url: 2048, embed: 6000 } as const;
/** A name of which each character is escaped, and some of its value: a field without a value is refused. */
const LEAST_FIELD = 2 * 64 + 16;

/** One embed: nothing of the data is in `content`, where it could mention, or be fetched for a preview. */
export function discordMessage(message: Message, options: FormatOptions) {
  const room = new Room(LIMITS.embed, { escape: escapeDiscord });
  const title = room.fit(message.title, LIMITS.title);
  // A footer knows no Markdown: a backslash would be shown.
  const text = room.fit(message.footer, LIMITS.footer, { escape: disarmMentions });
  const fields = room.each(message.facts, LEAST_FIELD, ({ label, value }) => ({
    name: room.fit(label, LIMITS.name),
    value: room.fit(value, LIMITS.value),
    inline: value.length <= 40,
  }));
  const embed = {
    title,
    color: SEVERITIES[message.severity].color,
    fields,
    footer: { text },
    timestamp: message.time,
    ...(message.link !== null && { url: message.link }),
  };
  const thread = typeof options.thread_name === 'string' ? { thread_name: options.thread_name } : {};
  return {
    body: { embeds: [embed], allowed_mentions: { parse: [] as [] }, ...thread },
    truncated: room.truncated || message.truncated,
  };
}

function checkUrl({ pathname, hostname }: URL): UrlFindings {
  const problems = /\/webhooks\/\d+\/[\w-]+$/.test(pathname)
    ? []
    : [
        /\/webhooks\/\d+\/[\w-]+\/(slack|github)$/.test(pathname)
          ? 'Leave out /slack or /github at the end of the URL: this format speaks to Discord itself'
          : 'The URL of a Discord webhook is https://discord.com/api/webhooks/<id>/<token>, as Discord shows it',
      ];
  const warnings = /(^|\.)discordapp\.com\.?$/.test(hostname)
    ? ['discordapp.com has a limit of its own for all who use it: write discord.com instead']
    : [];
  return { problems, warnings };
}

/** Without `wait`, a message that was not saved is answered like one that was. */
function waitingUrl(url: string): string {
  const waiting = new URL(url);
  waiting.searchParams.set('wait', 'true');
  return waiting.href;
}

/** Discord asks for an address in the name of a client; the project has no public page of its own. */
const ABOUT = 'https://basset-hound.example';

/** Discord: webhooks of a channel. */
export const discord = chatFormat({
  name: 'discord',
  title: 'Discord (webhook of a channel)',
  version: 2,
  urlRule: 'https://discord.com/api/webhooks/<id>/<token>, with ?thread_id=… for a thread',
  // 5 in 2 seconds, and 30 a minute for the whole channel, which shows only as a 429.
  rate: { perSecond: 0.5, burst: 5, per: 'url' },
  limits: { title: LIMITS.title, field: LIMITS.value, message: LIMITS.embed },
  ownOptions: {
    thread_name: {
      type: 'string',
      minLength: 1,
      maxLength: 100,
      description:
        'Title of the post in a forum channel, which takes nothing without one: each event is a post.',
    },
  },
  checkUrl,
  show(message, options, { url }) {
    const { body, truncated } = discordMessage(message, options);
    return jsonRequest(waitingUrl(url), body, truncated, {
      // Discord's edge answers with a page to what does not name itself like this.
      'User-Agent': `DiscordBot (${ABOUT}, ${VERSION}) Basset-Hound-Webhooks/${VERSION}`,
    });
  },
  interpret: interpretDiscord,
});
