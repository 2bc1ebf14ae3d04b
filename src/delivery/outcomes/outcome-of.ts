import { toTimestamp } from '../../common/clock.js';
import type { OutcomeWord } from '../../formats/format.js';
import type { AttemptResult } from '../model/delivery.js';
import type { HeldDelivery } from '../model/queued-delivery.js';
import { isRejection, type Decision } from '../model/retry-policy.js';
import type { Outcome } from './outcome.js';

/** A delivery that was only ever asked to wait ends after this time. */
const LONGEST_WAIT_MS = 24 * 3600 * 1000;

/** What an outcome depends on besides the attempt and the decision. */
export interface Circumstances {
  /** Wall clock without jumps, ms. */
  readonly nowMs: number;
  /** What the event was rendered by; absent = `basset`. */
  readonly format?: string;
  /** What is left of the pause of the webhook, ms. */
  readonly pauseMs: number;
  /** For how long the webhook has answered nothing but that, ms. */
  readonly askedForMs: number;
  /** Whether there may be another attempt: not of a test, nor when the webhook is off by now. */
  readonly goesOn: boolean;
  /** Whether what fails in an outage may be queued again by itself. */
  readonly recovers: boolean;
}

/** A delivery that ends without an attempt. */
export function refused(held: HeldDelivery, reason: string): Outcome {
  return {
    ...base(held),
    status: 'failed',
    nextAttemptAt: null,
    attempt: null,
    errorMessage: reason,
    word: null,
  };
}

/** The outcome that is written for an attempt. */
export function outcomeOf(
  held: HeldDelivery,
  attempt: AttemptResult,
  decision: Decision,
  circumstances: Circumstances,
): Outcome {
  const attempts = held.attempts + 1;
  const { errorMessage } = attempt;
  const { format } = circumstances;
  const common = {
    ...base(held),
    attempts,
    attempt,
    errorMessage,
    word: wordOf(decision),
    ...(format && { format }),
  };
  switch (decision.kind) {
    case 'success':
      return { ...common, status: 'success', nextAttemptAt: null };
    case 'retry': {
      const nextAttemptAt = toTimestamp(circumstances.nowMs + decision.delaySeconds * 1000);
      return { ...common, status: 'retrying', nextAttemptAt };
    }
    case 'wait':
      return { ...common, ...waiting(held, attempt, circumstances) };
    case 'failed': {
      const { goesOn, recovers } = circumstances;
      const recoverable = goesOn && recovers && !isRejection(attempt.responseCode);
      return { ...common, status: 'failed', nextAttemptAt: null, recoverable };
    }
    case 'blocked':
      return { ...common, ...blocked(held, circumstances) };
    case 'rejected':
    case 'gone':
      return { ...common, status: 'failed', nextAttemptAt: null };
    default:
      return decision satisfies never;
  }
}

function wordOf({ kind }: Decision): OutcomeWord {
  if (kind === 'wait') return 'throttled';
  return kind === 'failed' ? 'retry' : kind;
}

/** It keeps its place in the queue and its retries until the webhook, or its receiver, is repaired. */
function blocked(
  held: HeldDelivery,
  { nowMs, goesOn }: Circumstances,
): Pick<Outcome, 'status' | 'nextAttemptAt' | 'attemptBase'> {
  if (!goesOn) return { status: 'failed', nextAttemptAt: null };
  const nextAttemptAt = held.dueAt ?? toTimestamp(nowMs);
  return { status: 'retrying', nextAttemptAt, attemptBase: held.attemptBase + 1 };
}

/** It keeps its place in the queue and its retries: the webhook pauses, not the delivery. */
function waiting(
  held: HeldDelivery,
  { errorMessage }: AttemptResult,
  { nowMs, pauseMs, askedForMs, goesOn }: Circumstances,
): Pick<Outcome, 'status' | 'nextAttemptAt' | 'errorMessage' | 'attemptBase' | 'asked'> {
  const attemptBase = held.attemptBase + 1;
  const asked = {
    since: toTimestamp(nowMs - askedForMs),
    pausedUntil: toTimestamp(nowMs + pauseMs),
  };
  const place = held.dueAt ?? toTimestamp(nowMs);
  const waitedMs = Math.min(askedForMs, nowMs - Date.parse(place));
  if (!goesOn) return { status: 'failed', nextAttemptAt: null, errorMessage, attemptBase, asked };
  if (waitedMs < LONGEST_WAIT_MS) {
    return { status: 'retrying', nextAttemptAt: place, errorMessage, attemptBase, asked };
  }
  const forADay = `${errorMessage} for 24 hours`;
  return { status: 'failed', nextAttemptAt: null, errorMessage: forADay, attemptBase, asked };
}

function base(held: HeldDelivery): Pick<Outcome, 'deliveryId' | 'webhookId' | 'claimedBy' | 'attempts'> {
  return {
    deliveryId: held.id,
    webhookId: held.webhookId,
    claimedBy: held.claimedBy,
    attempts: held.attempts,
  };
}
