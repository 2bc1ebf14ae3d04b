import { toTimestamp } from '../../common/clock.js';
import type { OutcomeWord } from '../../formats/format.js';
import type { AttemptResult } from '../model/delivery.js';
import type { HeldDelivery } from '../model/queued-delivery.js';
import { type Decision, isRejection } from '../model/retry-policy.js';
import type { AnswerClass } from '../../common/metrics/delivery-metrics.js';

/** The receiver asked to wait. Times are RFC 3339. */
export interface AskedToWait {
  /** Since when the webhook has asked for nothing else. */
  readonly since: string;
  readonly pausedUntil: string;
}

/** How an attempt, or the lack of one, leaves a delivery: one row of the next commit. */
export interface Outcome {
  readonly deliveryId: string;
  readonly webhookId: string;
  /** The instance that must still hold the claim. */
  readonly claimedBy: string;
  readonly status: 'success' | 'failed' | 'retrying';
  /** Attempts made in all, this one included. */
  readonly attempts: number;
  /** RFC 3339; null unless `retrying`. */
  readonly nextAttemptAt: string | null;
  /** null = there was no attempt (the webhook is gone or inactive). */
  readonly attempt: AttemptResult | null;
  /** null = success. */
  readonly errorMessage: string | null;
  /** How the attempt was taken; null = there was none. */
  readonly word: OutcomeWord | null;
  /** What the attempt was rendered by. @default 'basset' */
  readonly format?: string | undefined;
  /** Of the digest that the attempt was a part of: one message about many events. */
  readonly digestId?: string | undefined;
  /** Only when the attempt does not count: attempts before this number are not of the present schedule. */
  readonly attemptBase?: number;
  /** Only when the receiver asked to wait. */
  readonly asked?: AskedToWait;
  /** It ended for want of an answer that was to be had: queued again by itself when the outage is over. @default false */
  readonly recoverable?: boolean;
}

const BY_HUNDRED: Readonly<Record<number, AnswerClass>> = { 2: '2xx', 3: '3xx', 4: '4xx' };

/** What came back from an attempt, in one of a few words. */
export function answerOf({
  responseCode,
  errorCode,
}: Pick<AttemptResult, 'responseCode' | 'errorCode'>): AnswerClass {
  if (responseCode !== null) return BY_HUNDRED[Math.floor(responseCode / 100)] ?? '5xx';
  if (errorCode === 'policy') return 'policy';
  return errorCode?.startsWith('timed_out') ? 'timed_out' : 'no_connection';
}

/** A delivery that was only ever asked to wait ends after this time. */
const LONGEST_WAIT_MS = 24 * 3600 * 1000;

/** What an outcome depends on besides the attempt and the decision. */
export interface Circumstances {
  /** Wall clock without jumps, ms. */
  readonly nowMs: number;
  /** What the event was rendered by; absent = `basset`. */
  readonly format: string | undefined;
  /** Of the digest that it was sent in, if it was. */
  readonly digestId: string | undefined;
  /** What is left of the pause of the webhook, ms. */
  readonly pauseMs: number;
  /** For how long the webhook has answered nothing but that, ms. */
  readonly askedForMs: number;
  /** Whether there may be another attempt: not of a test, nor when the webhook is off by now. */
  readonly goesOn: boolean;
  /** Whether the attempt was a probe of an open breaker. */
  readonly isProbe: boolean;
  /** Whether what fails in an outage may be queued again by itself. */
  readonly recovers: boolean;
}

/** A delivery that ends without an attempt. */
export function refused(held: HeldDelivery, reason: string): Outcome {
  return {
    deliveryId: held.id,
    webhookId: held.webhookId,
    claimedBy: held.claimedBy,
    attempts: held.attempts,
    status: 'failed',
    nextAttemptAt: null,
    attempt: null,
    errorMessage: reason,
    word: null,
  };
}

/** One literal, for this runs for each delivery that arrives. */
function succeeded(held: HeldDelivery, attempt: AttemptResult, circumstances: Circumstances): Outcome {
  return {
    deliveryId: held.id,
    webhookId: held.webhookId,
    claimedBy: held.claimedBy,
    status: 'success',
    attempts: held.attempts + 1,
    nextAttemptAt: null,
    attempt,
    errorMessage: attempt.errorMessage,
    word: 'success',
    format: circumstances.format,
    digestId: circumstances.digestId,
  };
}

/** The outcome that is written for an attempt. */
export function outcomeOf(
  held: HeldDelivery,
  attempt: AttemptResult,
  decision: Decision,
  circumstances: Circumstances,
): Outcome {
  const success = succeeded(held, attempt, circumstances);
  if (decision.kind === 'success') return success;
  const common: Omit<Outcome, 'status' | 'nextAttemptAt'> = { ...success, word: wordOf(decision) };
  switch (decision.kind) {
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

/**
 * It keeps its retries until the webhook, or its receiver, is repaired, and its place in the queue; but a probe goes to
 * the end, so that the next one is another delivery: perhaps this one is blocked for itself alone.
 */
function blocked(
  held: HeldDelivery,
  { nowMs, goesOn, isProbe }: Circumstances,
): Pick<Outcome, 'status' | 'nextAttemptAt' | 'attemptBase'> {
  if (!goesOn) return { status: 'failed', nextAttemptAt: null };
  const nextAttemptAt = (isProbe ? null : held.dueAt) ?? toTimestamp(nowMs);
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
