import type { WebhooksOptions } from '../../config/service-options.js';
import type { AttemptResult, RetryConfig } from './delivery.js';
import type { Interpretation } from '../../formats/format.js';

/** What is to be done after an attempt. */
export type Decision =
  /** @param restSeconds the receiver announces that it takes nothing more until then */
  | { readonly kind: 'success'; readonly restSeconds?: number }
  | { readonly kind: 'retry'; readonly delaySeconds: number }
  /**
   * The receiver asks to wait, which is no failure. null = it does not say how long.
   * @param firstSeconds then: with which pause of our own to begin
   */
  | { readonly kind: 'wait'; readonly askedSeconds: number | null; readonly firstSeconds?: number }
  | { readonly kind: 'failed' }
  /** This event can never be taken; others can. */
  | { readonly kind: 'rejected' }
  /** The configuration is wrong, and somebody may repair it: everything waits. */
  | { readonly kind: 'blocked' }
  /** 410: the endpoint wants no more of it. */
  | { readonly kind: 'gone' };

export interface RetryOptions {
  /** ± share of each delay, 0..1. */
  readonly jitter: number;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
}

const GONE = 410;
const TOO_MANY_REQUESTS = 429;
const UNAVAILABLE = 503;

export function isSuccess(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** 4xx that speak of the receiver, not of this event: a wrong path, an expired key, too busy. */
const OF_THE_RECEIVER: ReadonlySet<number> = new Set([401, 403, 404, 408, 410, 425, 429]);

/** Whether the receiver looked at this very event and does not want it: asking again later changes nothing. */
export function isRejection(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500 && !OF_THE_RECEIVER.has(status);
}

/** 429, and 503 that says until when. */
function asksToWait({ responseCode, retryAfterSeconds }: AttemptResult): boolean {
  return responseCode === TOO_MANY_REQUESTS || (responseCode === UNAVAILABLE && retryAfterSeconds !== null);
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

/** The longer of the times that the answer names in its header and in its body; null = none. */
function askedSeconds({ retryAfterSeconds }: AttemptResult, { waitSeconds }: Interpretation): number | null {
  if (waitSeconds === undefined) return retryAfterSeconds;
  return Math.max(waitSeconds, retryAfterSeconds ?? 0);
}

/** 503 that says until when asks to wait, whatever the format. */
function byFormat(
  retry: RetryConfig,
  failures: number,
  result: AttemptResult,
  interpretation: Interpretation,
  options: RetryOptions,
): Decision {
  const { outcome, waitSeconds, firstWaitSeconds: firstSeconds } = interpretation;
  if (outcome === 'throttled' || (outcome === 'retry' && asksToWait(result))) {
    return {
      kind: 'wait',
      askedSeconds: askedSeconds(result, interpretation),
      ...(firstSeconds !== undefined && { firstSeconds }),
    };
  }
  if (outcome === 'success') return { kind: 'success', ...(waitSeconds && { restSeconds: waitSeconds }) };
  if (outcome !== 'retry') return { kind: outcome };
  if (failures > retry.maxRetries) return { kind: 'failed' };
  const delaySeconds = Math.max(backoffSeconds(retry, failures, options), waitSeconds ?? 0);
  return { kind: 'retry', delaySeconds };
}

/**
 * The decision on an attempt.
 *
 * @param failures attempts of the present schedule that count, this one included
 */
export function decide(
  retry: RetryConfig,
  failures: number,
  result: AttemptResult,
  options: RetryOptions,
): Decision {
  if (result.interpretation) return byFormat(retry, failures, result, result.interpretation, options);
  if (isSuccess(result.responseCode)) return { kind: 'success' };
  if (result.responseCode === GONE) return { kind: 'gone' };
  if (asksToWait(result)) return { kind: 'wait', askedSeconds: result.retryAfterSeconds };
  if (failures > retry.maxRetries) return { kind: 'failed' };
  return { kind: 'retry', delaySeconds: backoffSeconds(retry, failures, options) };
}

/** What a webhook that says nothing of retries gets, and what a `retry_config` leaves out. */
export function defaultRetry(options: WebhooksOptions): RetryConfig {
  return {
    maxRetries: options.defaultMaxRetries,
    initialDelay: options.defaultInitialDelay,
    maxDelay: options.defaultMaxDelay,
    backoffMultiplier: options.defaultBackoffMultiplier,
  };
}
