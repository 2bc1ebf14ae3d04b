import type { FieldError } from '../common/domain-error.js';
import { HIDDEN, isHarmless } from '../delivery/sending/credentials.js';
import { badField } from './webhook.errors.js';

export const MAX_HEADERS = 50;
const MAX_BYTES = 8 * 1024;
/** token (RFC 9110, section 5.6.2) */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** field-value (RFC 9110, section 5.5): visible ASCII with single spaces and tabs inside. */
export const HEADER_VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/;
/** What the service sets itself, and what steers the connection. */
const RESERVED =
  /^(?:host|content-length|content-type|content-encoding|transfer-encoding|connection|keep-alive|proxy-.*|te|trailer|upgrade|expect|user-agent|traceparent|tracestate|baggage|x-webhook-(?!access-key$).*|webhook-.*)$/;

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

/** The headers as they may be shown: all values are hidden but those of a few harmless ones. */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isHarmless(name) ? value : HIDDEN]),
  );
}

/** Whether some of the headers came back hidden. */
export function hasHidden(headers: Readonly<Record<string, string>>): boolean {
  return Object.values(headers).includes(HIDDEN);
}

/** New headers have no value that a hidden one could stand for. */
export function hiddenProblems(headers: Readonly<Record<string, unknown>>): FieldError[] {
  const hidden = Object.entries(headers).filter(([, value]) => value === HIDDEN);
  return hidden.map(([name]) => {
    const msg = `must be given: ${HIDDEN} stands for a value that is not shown, and there is none to keep`;
    return badField(['headers', name], msg, 'header_hidden');
  });
}

export interface KeptHeaders {
  readonly headers: Record<string, string>;
  readonly problems: readonly FieldError[];
}

/**
 * Headers that were shown with hidden values and come back: what is still hidden keeps the value that it has, whatever
 * the case of its name.
 *
 * @param elsewhere they would be sent to another origin, which must not get what only the former one was to know
 */
export function keptHeaders(
  given: Readonly<Record<string, string>>,
  stored: Readonly<Record<string, string>>,
  elsewhere: boolean,
): KeptHeaders {
  const values = new Map(Object.entries(stored).map(([name, value]) => [name.toLowerCase(), value]));
  const unknown = Object.entries(given).filter(([name]) => !values.has(name.toLowerCase()));
  const problems = hiddenProblems(Object.fromEntries(unknown));
  const headers: [string, string][] = [];
  for (const [name, value] of Object.entries(given)) {
    const kept = value === HIDDEN ? values.get(name.toLowerCase()) : undefined;
    if (kept !== undefined && elsewhere && !isHarmless(name)) {
      const msg =
        'must be given anew, or left out: its value is not taken along to another scheme, host or port';
      problems.push(badField(['headers', name], msg, 'header_elsewhere'));
    }
    headers.push([name, kept ?? value]);
  }
  return { headers: Object.fromEntries(headers), problems };
}

/** The headers of a patch under the names that the webhook has for them: in HTTP their case does not matter. */
export function inStoredCase(
  patch: Readonly<Record<string, unknown>>,
  stored: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const names = new Map(Object.keys(stored).map((name) => [name.toLowerCase(), name]));
  const isTwice =
    new Set(Object.keys(patch).map((name) => name.toLowerCase())).size < Object.keys(patch).length;
  if (isTwice) return patch;
  return Object.fromEntries(
    Object.entries(patch).map(([name, value]) => [names.get(name.toLowerCase()) ?? name, value]),
  );
}
