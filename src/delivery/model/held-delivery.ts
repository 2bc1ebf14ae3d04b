import type { EventBody } from './event-body.js';

/** A delivery that this instance has claimed and holds in memory. */
export interface HeldDelivery {
  readonly id: string;
  readonly webhookId: string;
  /** Id of the instance that it was claimed for. */
  readonly claimedBy: string;
  readonly eventId: string;
  readonly event: string;
  readonly projectId: string | null;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly body: EventBody;
  /** Attempts made so far. */
  readonly attempts: number;
  /** Its place in the queue: when it was due, RFC 3339; null = it had none. */
  readonly dueAt: string | null;
  /**
   * Attempts that the present retry schedule does not count: those before it began (a manual retry begins a new one)
   * and those that were asked to wait.
   */
  readonly attemptBase: number;
  /** Of its webhook when it was made, or asked for again by a person; see `Target`. */
  readonly generation: number;
  /** One attempt, no retries: a test. */
  readonly single: boolean;
  /** Asked for by a person: goes out at once, also to an inactive webhook. */
  readonly manual: boolean;
}
