import { toTimestamp } from '../../common/clock.js';
import type { AttemptResult, RetryConfig } from '../delivery.js';
import type { HeldDelivery } from '../dispatch/held-delivery.js';
import { decide, type Decision } from '../retry/retry-policy.js';
import type { Outcome } from './outcome.js';

/** What an outcome depends on besides the attempt itself. */
export interface Circumstances {
  readonly retry: RetryConfig;
  /** ± share of each delay. */
  readonly jitter: number;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  /** Wall clock without jumps, ms. */
  readonly nowMs: number;
}

/** A delivery that ends without an attempt. */
export function refused(held: HeldDelivery, reason: string): Outcome {
  return { ...base(held), status: 'failed', nextAttemptAt: null, attempt: null, errorMessage: reason };
}

/** The decision on an attempt, and the outcome that is written for it. */
export function outcomeOf(
  held: HeldDelivery,
  attempt: AttemptResult,
  { retry, jitter, random, nowMs }: Circumstances,
): { readonly decision: Decision; readonly outcome: Outcome } {
  const attempts = held.attempts + 1;
  const failures = attempts - held.attemptBase;
  const decision = decide(held.single ? { ...retry, maxRetries: 0 } : retry, failures, attempt, {
    jitter,
    random,
  });
  const common = { ...base(held), attempts, attempt, errorMessage: attempt.errorMessage };
  switch (decision.kind) {
    case 'success':
      return { decision, outcome: { ...common, status: 'success', nextAttemptAt: null } };
    case 'retry': {
      const nextAttemptAt = toTimestamp(nowMs + decision.delaySeconds * 1000);
      return { decision, outcome: { ...common, status: 'retrying', nextAttemptAt } };
    }
    case 'failed':
    case 'gone':
      return { decision, outcome: { ...common, status: 'failed', nextAttemptAt: null } };
    default:
      return decision satisfies never;
  }
}

function base(held: HeldDelivery): Pick<Outcome, 'deliveryId' | 'webhookId' | 'claimedBy' | 'attempts'> {
  return {
    deliveryId: held.id,
    webhookId: held.webhookId,
    claimedBy: held.claimedBy,
    attempts: held.attempts,
  };
}
