/**
 * The seconds that a `Retry-After` header asks for: a number of seconds, with a fraction rounded up, or an HTTP date (RFC 9110,
 * section 10.2.3). Where it is given several times, the longest that makes sense. null when there is none.
 *
 * @param nowMs wall clock, ms since the epoch
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  const asked = partsOf(value ?? '').flatMap((part) => secondsOf(part, nowMs) ?? []);
  return asked.length === 0 ? null : Math.max(...asked);
}

/** Of a list; the comma behind the day of a date belongs to it. */
const partsOf = (value: string): string[] =>
  value.split(/(?<!\b[A-Z][a-z]{2,8}),\s+/).map((part) => part.trim());

function secondsOf(text: string, nowMs: number): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text)), Number.MAX_SAFE_INTEGER);
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return null;
  // The oldest of the three forms of an HTTP date, asctime, names no zone; all of them are in UTC.
  const at = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(at) ? null : Math.max(0, (at - nowMs) / 1000);
}
