import { badField } from './webhook.errors.js';

const MAX_HEADERS = 50;
const MAX_BYTES = 8 * 1024;
/** token (RFC 9110, section 5.6.2) */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** field-value (RFC 9110, section 5.5): visible ASCII with single spaces and tabs inside. */
const VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/;
/** What the service sets itself, and what steers the connection. */
const RESERVED =
  /^(?:host|content-length|content-type|content-encoding|transfer-encoding|connection|keep-alive|proxy-.*|te|trailer|upgrade|expect|user-agent|x-webhook-.*|webhook-.*)$/;

function checkHeader(name: string, value: string): void {
  const field = `headers.${name}`;
  if (!NAME.test(name)) throw badField('headers', `'${name}' is not a valid header name`, 'header_name');
  if (RESERVED.test(name.toLowerCase())) throw badField(field, 'is set by the service itself', 'header_reserved');
  if (!VALUE.test(value)) {
    throw badField(field, 'must be visible ASCII without control characters or space at its ends', 'header_value');
  }
}

/**
 * The rules of custom headers: at most 50, 8 KiB in all, valid names and values, each name once whatever its case.
 *
 * @throws DomainError naming the header
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  const entries = Object.entries(headers);
  if (entries.length > MAX_HEADERS) throw badField('headers', `must be at most ${MAX_HEADERS}`, 'too_many_headers');
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (bytes > MAX_BYTES) throw badField('headers', `must be at most ${MAX_BYTES} bytes in all`, 'headers_too_long');
  entries.forEach(([name, value]) => checkHeader(name, value));
  if (new Set(entries.map(([name]) => name.toLowerCase())).size < entries.length) {
    throw badField('headers', 'must not repeat a name in another case', 'header_repeated');
  }
}

const CREDENTIAL = /authorization|cookie|token|key|secret/i;

/** The headers as they may be shown: values of those that look like a credential are hidden. */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, CREDENTIAL.test(name) ? '***' : value]),
  );
}
