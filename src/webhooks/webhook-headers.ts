import type { FieldError } from '../common/domain-error.js';
import { HIDDEN, isCredential } from '../delivery/sending/credentials.js';
import { badField } from './webhook.errors.js';

export const MAX_HEADERS = 50;
const MAX_BYTES = 8 * 1024;
/** token (RFC 9110, section 5.6.2) */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** field-value (RFC 9110, section 5.5): visible ASCII with single spaces and tabs inside. */
export const HEADER_VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/;
/** What the service sets itself, and what steers the connection. */
const RESERVED =
  /^(?:host|content-length|content-type|content-encoding|transfer-encoding|connection|keep-alive|proxy-.*|te|trailer|upgrade|expect|user-agent|x-webhook-.*|webhook-.*)$/;

function problemOf(name: string, value: unknown): FieldError | undefined {
  const place = ['headers', name];
  // Not shown: it may be a whole header line, with its value.
  if (!NAME.test(name))
    return badField(['headers'], 'holds a name that is not a valid header name', 'header_name');
  if (RESERVED.test(name.toLowerCase()))
    return badField(place, 'is set by the service itself', 'header_reserved');
  if (typeof value !== 'string') return badField(place, 'must be a string', 'string_type');
  if (HEADER_VALUE.test(value)) return undefined;
  const msg = 'must be visible ASCII without control characters or space at its ends';
  return badField(place, msg, 'header_value');
}

function sizeProblems(entries: readonly (readonly [string, unknown])[]): FieldError[] {
  const problems: FieldError[] = [];
  if (entries.length > MAX_HEADERS) {
    problems.push(badField(['headers'], `must be at most ${MAX_HEADERS}`, 'too_many_headers'));
  }
  const bytes = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + String(value)), 0);
  if (bytes > MAX_BYTES) {
    problems.push(badField(['headers'], `must be at most ${MAX_BYTES} bytes in all`, 'headers_too_long'));
  }
  return problems;
}

/**
 * What is wrong with custom headers: at most 50, 8 KiB in all, valid names and values, each name once whatever
 * its case. Too many are not looked at one by one.
 */
export function headerProblems(headers: Readonly<Record<string, unknown>>): FieldError[] {
  const entries = Object.entries(headers);
  const tooLarge = sizeProblems(entries);
  if (tooLarge.length > 0) return tooLarge;
  const problems = entries.flatMap(([name, value]) => problemOf(name, value) ?? []);
  if (new Set(entries.map(([name]) => name.toLowerCase())).size < entries.length) {
    problems.push(badField(['headers'], 'must not repeat a name in another case', 'header_repeated'));
  }
  return problems;
}

/** The headers as they may be shown: values of those that look like a credential are hidden. */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isCredential(name) ? HIDDEN : value]),
  );
}

/** Headers that were shown with hidden values and come back: what is still hidden keeps the value it has. */
export function unmaskHeaders(
  given: Readonly<Record<string, string>>,
  stored: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value === HIDDEN ? (stored[name] ?? value) : value]),
  );
}

/** Whether some of the headers came back hidden. */
export function hasHidden(headers: Readonly<Record<string, string>>): boolean {
  return Object.values(headers).includes(HIDDEN);
}
