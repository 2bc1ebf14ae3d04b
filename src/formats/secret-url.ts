/** What the first part of a path may be called without telling anything; any other is hidden with the rest. */
const TELLS_NOTHING =
  /^(?:api|hooks?|services|workflows|triggers|webhooks?|powerautomate|integrations|v\d{1,2})$/i;
/** Words that stand in the URLs of receivers and in their answers: no secrets. */
const ORDINARY =
  /^(?:api|api-version|automations|direct|false|github|google|hooks?|invoke|manual|messages|paths|powerautomate|run|sendmessage|services|slack|spaces|triggers|true|webhooks?|workflows)$/i;
/** Shorter values of the query are ordinary ones, unless their name says what they are. */
const MIN_VALUE = 8;
const NAMES_SECRET = /key|token|secret|sig|pass|auth|code|hash|cred/i;
/** Parameters that say where it goes or how, and whose values stand in the answers of receivers. */
const NAMES_NONE =
  /^(?:api-version|format|lang|messageReplyOption|sp|sv|thread_id|threadKey|v|version|wait|with_components)$/i;
const HIDDEN = '***';
/** Shorter texts, and what reads like one word, stand in any sentence. */
const MIN_LENGTH = 3;
const WORD = /^(?:[A-Za-z][a-z]{0,13}|[A-Z]{1,14})$/;

/** Something that must not be seen. */
export interface Secret {
  readonly value: string;
  /** What it is called where it is sent: a parameter of the query, an option; none of a part of a path. */
  readonly name?: string;
  /** Whether it is to be hidden wherever it stands, or only where it stands as what it is, because it may be a word. */
  readonly anywhere: boolean;
}

/** Whether a text can be nothing but a secret, wherever it stands. */
export const isUnmistakable = (value: string): boolean => value.length >= MIN_LENGTH && !WORD.test(value);

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
  value.length >= MIN_VALUE || NAMES_SECRET.test(name) || name === value;

function querySecrets({ search, searchParams }: URL): Secret[] {
  const raw = search
    .slice(1)
    .split('&')
    .map((pair) => [decoded(pair.split('=', 1)[0] ?? ''), pair.slice(pair.indexOf('=') + 1)] as const);
  return [...raw, ...searchParams]
    .filter(([name]) => !NAMES_NONE.test(name))
    .flatMap(([name, value]) =>
      [value, decoded(value)].map((text) => ({
        value: text,
        name,
        anywhere: isSecretValue(name, value) && isUnmistakable(text),
      })),
    );
}

function pathSecrets({ pathname }: URL): Secret[] {
  const parts = pathname.split('/').flatMap((part) => [part, decoded(part)]);
  return parts
    .filter((part) => !TELLS_NOTHING.test(part))
    .map((value) => ({ value, anywhere: isUnmistakable(value) }));
}

/** What must not be seen of such a URL, in parts: a receiver may quote each of them. */
export function urlSecrets(url: string): Secret[] {
  const parsed = new URL(url);
  const secrets = [...pathSecrets(parsed), ...querySecrets(parsed)].filter(
    ({ value }) => value !== '' && !ORDINARY.test(value),
  );
  return [...new Map(secrets.map((secret) => [`${secret.name ?? ''} ${secret.value}`, secret])).values()];
}
