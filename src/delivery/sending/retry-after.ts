/**
 * The seconds that a `Retry-After` header asks for: a number of seconds, with a fraction rounded up, or an HTTP date (RFC 9110,
 * section 10.2.3). null when it is absent or makes no sense.
 *
 * @param nowMs wall clock, ms since the epoch
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  const trimmed = value?.trim();
  if (!trimmed) return null;
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.min(Math.ceil(Number(trimmed)), Number.MAX_SAFE_INTEGER);
  if (!/^[A-Z][a-z]{2,8},? /.test(trimmed)) return null;
  // The oldest of the three forms of an HTTP date, asctime, names no zone; all of them are in UTC.
  const at = Date.parse(trimmed.endsWith('GMT') ? trimmed : `${trimmed} GMT`);
  return Number.isNaN(at) ? null : Math.max(0, (at - nowMs) / 1000);
}
