import { formatNamed, hasSecretUrl } from '../formats/catalogue.js';
import { parseUrl } from '../common/parse-url.js';
import { digestAbove } from '../formats/digest.js';
import type { FormatOptions } from '../formats/format.js';
import { EventFilter } from '../formats/filter/filter.js';
import type { Webhook } from './webhook.js';

/** Hosts that take nothing but their own format: a hint for people, never a rule. */
const KNOWN_RECEIVERS: readonly (readonly [host: RegExp, what: string, format: string])[] = [
  [/^hooks\.slack(?:-gov)?\.com$/, 'a Slack incoming webhook', 'slack'],
  [/^(?:(?:canary|ptb)\.)?discord(?:app)?\.com$/, 'a Discord webhook', 'discord'],
  [/\.(?:environment\.api\.powerplatform\.com|logic\.azure\.com)$/, 'a workflow of Microsoft Teams', 'teams'],
  [/^chat\.googleapis\.com$/, 'a Google Chat webhook', 'google_chat'],
  [/^api\.telegram\.org$/, 'a Telegram bot', 'telegram'],
  [/^events(?:\.eu)?\.pagerduty\.com$/, 'the Events API of PagerDuty', 'pagerduty'],
];
/** Addresses of this machine: what goes there is seen by nobody on the way. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const FLOODS = new Set(['*', 'entity.*']);

function plainWarnings(host: string): string[] {
  return KNOWN_RECEIVERS.flatMap(([pattern, what, format]) =>
    pattern.test(host) && formatNamed(format)
      ? [`This looks like ${what}, which does not take the format basset; set format to ${format}`]
      : [],
  );
}

/** Nobody knows who listens on the way. */
function openWarnings({ protocol, hostname }: URL, isSecret: boolean): string[] {
  if (!isSecret || protocol !== 'http:' || LOOPBACK.test(hostname)) return [];
  return ['This URL is a secret, and http sends it in the clear: write https'];
}

function burstWarnings(
  events: readonly string[],
  perSecond: number | null,
  options: FormatOptions,
): string[] {
  const flood = events.find((event) => FLOODS.has(event));
  if (flood === undefined) return [];
  const above = digestAbove(options);
  const pace = perSecond === null ? '' : `, and ${perSecond} a second go out`;
  const effect = above === null ? pace : `; where more than ${above} wait, one message tells of all of them`;
  return [
    `An import emits thousands of events that match ${flood}${effect}: name the events that somebody should read, or set a filter`,
  ];
}

/** Who is woken at night by each of them? */
function alertWarnings(events: readonly string[]): string[] {
  const flood = events.find((event) => FLOODS.has(event));
  if (flood === undefined) return [];
  return [
    `Each event that matches ${flood} becomes an alert: name those that somebody should be called for, such as system.health, import.failed and rate_limit.exceeded, or set a filter`,
  ];
}

type Warned = Pick<Webhook, 'format' | 'formatOptions' | 'url' | 'trueUrl' | 'events' | 'headers'> & {
  readonly filter?: string | null;
};

/** None of a text that somebody has spoiled in the graph. */
function unknownNames(filter: string): readonly string[] {
  try {
    return new EventFilter(filter).unknownNames;
  } catch {
    return [];
  }
}

/** What is probably not as it was meant, in sentences for people. */
export function warningsOf(webhook: Warned): string[] {
  return [...formatWarnings(webhook), ...filterWarnings(webhook.filter ?? null)];
}

function filterWarnings(filter: string | null): string[] {
  const names = filter === null ? [] : unknownNames(filter);
  return names.map(
    (name) => `The filter asks for ${name}, which no event has: it knows event, project_id, data, severity`,
  );
}

function formatWarnings({
  format: name,
  formatOptions,
  url,
  trueUrl,
  events,
  headers,
  filter,
}: Warned): string[] {
  const format = formatNamed(name);
  const parsed = parseUrl(trueUrl ?? url);
  if (!format) return [`This service does not know the format ${name}: what waits is kept for one that does`];
  if (!parsed) return [];
  const open = openWarnings(parsed, hasSecretUrl(format, formatOptions));
  // A name with a dot at its end is the same host.
  if (name === 'basset') return [...open, ...plainWarnings(parsed.hostname.replace(/\.$/, ''))];
  const own = [...open, ...format.checkUrl(parsed, formatOptions, Object.keys(headers)).warnings];
  if (filter != null) return own;
  if (format.category === 'chat')
    return [...own, ...burstWarnings(events, format.rate.perSecond, formatOptions)];
  return format.category === 'monitoring' ? [...own, ...alertWarnings(events)] : own;
}
