import type { AttemptResult, RetryConfig } from '../delivery.js';

/** What is to be done after an attempt. */
export type Decision =
  | { readonly kind: 'success' }
  | { readonly kind: 'retry'; readonly delaySeconds: number }
  | { readonly kind: 'failed' }
  /** 410: the endpoint wants no more of it. */
  | { readonly kind: 'gone' };

export interface RetryOptions {
  /** ± share of each delay, 0..1. */
  readonly jitter: number;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
}

const GONE = 410;
const MAY_ASK_TO_WAIT: ReadonlySet<number> = new Set([429, 503]);

export function isSuccess(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}

/**
 * Delay after the failed attempt number `failures` of a schedule, in seconds:
 * `min(initialDelay * backoffMultiplier^(failures-1), maxDelay)`, ± jitter.
 */
export function backoffSeconds(
  retry: RetryConfig,
  failures: number,
  { jitter, random }: RetryOptions,
): number {
  const plain = Math.min(retry.initialDelay * retry.backoffMultiplier ** (failures - 1), retry.maxDelay);
  return plain * (1 + jitter * (2 * random() - 1));
}

/** `Retry-After` lengthens the wait, up to the longest that the webhook allows. */
function waitSeconds(
  retry: RetryConfig,
  failures: number,
  { responseCode, retryAfterSeconds }: AttemptResult,
  options: RetryOptions,
): number {
  const backoff = backoffSeconds(retry, failures, options);
  const asked = responseCode !== null && MAY_ASK_TO_WAIT.has(responseCode) ? retryAfterSeconds : null;
  return asked === null ? backoff : Math.max(backoff, Math.min(asked, retry.maxDelay));
}

/**
 * The decision on an attempt.
 *
 * @param failures attempts of the present schedule, this one included
 */
export function decide(
  retry: RetryConfig,
  failures: number,
  result: AttemptResult,
  options: RetryOptions,
): Decision {
  if (isSuccess(result.responseCode)) return { kind: 'success' };
  if (result.responseCode === GONE) return { kind: 'gone' };
  if (failures > retry.maxRetries) return { kind: 'failed' };
  return { kind: 'retry', delaySeconds: waitSeconds(retry, failures, result, options) };
}
