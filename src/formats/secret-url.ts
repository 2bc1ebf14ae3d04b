/** What the first part of a path may be called without telling anything; any other is hidden with the rest. */
const TELLS_NOTHING =
  /^(?:api|hooks?|services|workflows|triggers|webhooks?|powerautomate|integrations|v\d{1,2})$/i;
/** Words that stand in the URLs of receivers and in their answers: no secrets. */
const ORDINARY =
  /^(?:api|api-version|automations|direct|false|github|google|hooks?|invoke|manual|messages|paths|powerautomate|run|sendmessage|services|slack|spaces|triggers|true|webhooks?|workflows)$/i;
/** Shorter parts of a path are not looked for. */
const MIN_LENGTH = 3;
/** Nor are shorter values of the query, unless their name says what they are. */
const MIN_VALUE = 8;
const NAMES_SECRET = /key|token|secret|sig|pass|auth|code|hash|cred/i;
/** Parameters that say where it goes or how, and whose values stand in the answers of receivers. */
const NAMES_NONE =
  /^(?:api-version|format|lang|messageReplyOption|sp|sv|thread_id|threadKey|v|version|wait|with_components)$/i;
const HIDDEN = '***';

/** A URL whose path and query are nobody's business, as it is shown: `https://hooks.slack.com/services/***`. */
export function shownUrl(url: string): string {
  const { origin, pathname, search } = new URL(url);
  const [, first = '', ...rest] = pathname.split('/');
  if (pathname === '/' && search === '') return `${origin}/`;
  const keepsFirst = rest.length > 0 && TELLS_NOTHING.test(first);
  return keepsFirst ? `${origin}/${first}/${HIDDEN}` : `${origin}/${HIDDEN}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const isSecretValue = (name: string, value: string): boolean =>
  !NAMES_NONE.test(name) && (value.length >= MIN_VALUE || NAMES_SECRET.test(name) || name === value);

/** What must not be seen of such a URL, in parts: a receiver may quote each of them. */
export function urlSecrets(url: string): string[] {
  const { pathname, search, searchParams } = new URL(url);
  const raw = search
    .slice(1)
    .split('&')
    .map((pair) => [decoded(pair.split('=', 1)[0] ?? ''), pair.slice(pair.indexOf('=') + 1)] as const);
  const values = [...raw, ...searchParams].filter(([name, value]) => isSecretValue(name, value));
  const parts = [...pathname.split('/'), ...values.map(([, value]) => value)];
  const secrets = parts.flatMap((part) => [part, decoded(part)]);
  return [...new Set(secrets)].filter((part) => part.length >= MIN_LENGTH && !ORDINARY.test(part));
}
