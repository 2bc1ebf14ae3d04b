import { badField, urlRequired, urlScheme } from './webhook.errors.js';

/**
 * The rules of a webhook's URL. Surrounding white space is dropped.
 *
 * @returns the URL as it was given, without the white space
 * @throws DomainError
 */
export function parseWebhookUrl(text: string): string {
  const url = text.trim();
  if (url === '') throw urlRequired();
  if (!/^https?:\/\//i.test(url)) throw urlScheme();
  if (!URL.canParse(url)) throw badField('url', 'must be an absolute URL with a host', 'url_parsing');
  const { username, password, hash } = new URL(url);
  if (username !== '' || password !== '') {
    throw badField('url', 'must not contain user:password@; send credentials in headers', 'url_credentials');
  }
  if (hash !== '' || url.includes('#')) throw badField('url', 'must not have a #fragment', 'url_fragment');
  return url;
}
