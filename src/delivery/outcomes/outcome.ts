import type { OutcomeWord } from '../../formats/format.js';
import type { AttemptResult } from '../model/delivery.js';

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
  readonly format?: string;
  /** Only when the attempt does not count: attempts before this number are not of the present schedule. */
  readonly attemptBase?: number;
  /** Only when the receiver asked to wait. */
  readonly asked?: AskedToWait;
  /** It ended for want of an answer that was to be had: queued again by itself when the outage is over. @default false */
  readonly recoverable?: boolean;
}
