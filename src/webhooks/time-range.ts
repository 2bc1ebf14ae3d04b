import type { FieldError } from '../common/domain-error.js';
import { unprocessable } from '../common/http/validation.pipe.js';
import { isTimestamp, toInstant } from '../common/timestamp.js';

/** Two RFC 3339 times: from the first one on, and before the second. Absent or null = no bound. */
export interface GivenRange {
  readonly since?: string | null | undefined;
  readonly until?: string | null | undefined;
}

/** The bounds in the one spelling that is compared as text: UTC with milliseconds. */
export interface TimeRange {
  readonly since?: string;
  readonly until?: string;
}

const BOUNDS = ['since', 'until'] as const;

/**
 * The range as it is looked for.
 *
 * @param place where it was given: `query`, `body`, or nothing for a call from code
 * @throws DomainError (422) naming a bound that is no time, or bounds that are the wrong way round
 */
export function toTimeRange(given: GivenRange, ...place: readonly string[]): TimeRange {
  const wrong = BOUNDS.filter((bound) => given[bound] != null && !isTimestamp(given[bound]));
  const problem = (bound: string, msg: string, type: string): FieldError => ({
    loc: [...place, bound],
    msg,
    type,
  });
  if (wrong.length > 0) {
    throw unprocessable(wrong.map((bound) => problem(bound, 'must be an RFC 3339 time', 'is_timestamp')));
  }
  const since = given.since == null ? undefined : toInstant(given.since);
  const until = given.until == null ? undefined : toInstant(given.until);
  if (since !== undefined && until !== undefined && since > until) {
    throw unprocessable([problem('until', 'must not be before since', 'time_range')]);
  }
  return { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
}
