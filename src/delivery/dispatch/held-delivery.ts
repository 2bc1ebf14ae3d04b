import type { EventBody } from '../events/event-body.js';

/** A delivery that this instance has claimed and holds in memory. */
export interface HeldDelivery {
  readonly id: string;
  readonly webhookId: string;
  /** Id of the instance that it was claimed for. */
  readonly claimedBy: string;
  readonly eventId: string;
  readonly event: string;
  readonly body: EventBody;
  /** Attempts made so far. */
  readonly attempts: number;
  /** Attempts made before the present retry schedule began; a manual retry begins a new one. */
  readonly attemptBase: number;
  /** One attempt, no retries: a test. */
  readonly single: boolean;
  /** Asked for by a person: goes out at once, also to an inactive webhook. */
  readonly manual: boolean;
}
