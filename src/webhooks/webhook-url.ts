import type { FieldError } from '../common/domain-error.js';
import { parseUrl } from '../common/parse-url.js';
import { badField, urlRequired, urlScheme } from './webhook.errors.js';

const HTTP = /^https?:\/\//i;
/** What URL parsing would silently drop or rewrite (WHATWG URL, section 4.4): the stored URL is the one that is called. */
const REWRITTEN = /[\s\\\p{Cc}]/u;

/**
 * A webhook's URL as it is stored: as given, without surrounding white space.
 *
 * @throws DomainError `webhook_url_required`, `webhook_url_scheme`
 */
export function toWebhookUrl(text: string): string {
  const url = text.trim();
  if (url === '') throw urlRequired();
  if (!HTTP.test(url)) throw urlScheme();
  return url;
}

/** What else is wrong with a URL; what `toWebhookUrl` refuses is left to it. */
export function urlProblems(text: string): FieldError[] {
  const url = text.trim();
  if (!HTTP.test(url)) return [];
  const parsed = REWRITTEN.test(url) ? undefined : parseUrl(url);
  if (!parsed) {
    return [
      badField(['url'], 'must be an absolute URL with a host, without white space and \\', 'url_parsing'),
    ];
  }
  const { username, password } = parsed;
  const problems: FieldError[] = [];
  if (username !== '' || password !== '') {
    const msg = 'must not contain user:password@; send credentials in headers';
    problems.push(badField(['url'], msg, 'url_credentials'));
  }
  if (url.includes('#')) problems.push(badField(['url'], 'must not have a #fragment', 'url_fragment'));
  return problems;
}

/** Whether a text is an http(s) URL without problems, so that its host can be looked at. */
export function isCallable(text: string): boolean {
  return HTTP.test(text.trim()) && urlProblems(text).length === 0;
}
