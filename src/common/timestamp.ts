/** date-time (RFC 3339, section 5.6): a date, a time and an offset. */
const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Whether a text is an RFC 3339 time of a day that exists. */
export function isTimestamp(text: string): boolean {
  const [, year, month, day] = DATE_TIME.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

/** Further ahead than this no text order is time order: years would have more digits. */
const LAST_INSTANT = '9999-12-31T23:59:59.999Z';
const FIRST_INSTANT = '0000-01-01T00:00:00.000Z';

/**
 * The instant as RFC 3339 UTC with milliseconds. A leap second, which JavaScript does not know, is the next one; what
 * its offset carries beyond the years 0 to 9999 is their first or last instant.
 */
export function toInstant(timestamp: string): string {
  const text = timestamp.toUpperCase();
  const isLeap = text.slice(17, 19) === '60';
  const ms = Date.parse(isLeap ? `${text.slice(0, 17)}59${text.slice(19)}` : text);
  const instant = new Date(isLeap ? ms + 1000 : ms).toISOString();
  if (instant.startsWith('+')) return LAST_INSTANT;
  return instant.startsWith('-') ? FIRST_INSTANT : instant;
}
