import { MAX_PROJECT_ID_LENGTH } from '../events/new-event.js';

/** Longest texts (characters, that is code points) and lists of a webhook. */
export const LIMITS = {
  name: 100,
  url: 2048,
  secret: 1024,
  projectId: MAX_PROJECT_ID_LENGTH,
  events: 100,
  filter: 1024,
} as const;

/** How long a former secret signs along, seconds. */
export const GRACE_PERIOD = { min: 0, max: 7 * 24 * 3600, default: 24 * 3600 } as const;

/** As a name of white space only is none: what must be in it, for the documentation (Python, for one, knows other white space). */
export const NAME_PATTERN = '[^\\s\\ufeff]';

/** What a number may be. */
export interface NumberLimit {
  readonly min: number;
  readonly max: number;
  readonly integer?: true;
}

/** Of `retry_config`; delays in seconds. */
export const RETRY_LIMITS = {
  max_retries: { min: 0, max: 10, integer: true },
  initial_delay: { min: 0.1, max: 60 },
  max_delay: { min: 1, max: 3600 },
  backoff_multiplier: { min: 1, max: 10 },
} as const satisfies Record<string, NumberLimit>;

/** Requests a second of one webhook; a smaller one is more than a quarter of an hour between two. */
export const PACE_LIMIT = { min: 0.001, max: 10_000 } as const satisfies NumberLimit;
