import type { EventBody } from './event-record.js';

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
  /** Of its webhook when it was made, or asked for again by a person; see `Endpoint`. */
  readonly generation: number;
  /** One attempt, no retries: a test. */
  readonly single: boolean;
  /** Asked for by a person: goes out at once, also to an inactive webhook. */
  readonly manual: boolean;
}

/** How many due deliveries of a webhook are wanted. */
export interface Demand {
  readonly webhookId: string;
  readonly count: number;
}

/** A delivery that is due, with the length of its body. */
export interface DueDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly bytes: number;
}

/** One that is to be claimed. */
export interface Wanted extends DueDelivery {
  /** The body, if it is in memory already: it is not read again. */
  readonly body: EventBody | undefined;
}

/** When the first waiting delivery of a webhook is due. */
export interface NextDue {
  readonly webhookId: string;
  /** RFC 3339. */
  readonly at: string;
}

/** A claim as the graph knows it. */
export interface Claim {
  readonly id: string;
  readonly webhookId: string;
  /** Attempts that were recorded when it was read. */
  readonly attempts: number;
}

/** A webhook that asked to wait. Times are RFC 3339. */
export interface Pause {
  readonly webhookId: string;
  readonly until: string;
  /** Since when it has asked for nothing else. */
  readonly since: string;
}

/** Why a delivery cannot be taken for a manual retry. */
export type ClaimRefusal = 'not-found' | 'not-retryable' | 'not-registered';

/** A delivery that nobody would ever have looked for. */
export interface Stray {
  readonly id: string;
  readonly webhookId: string;
}

/** Of one webhook and one state: what was found among the deliveries that were looked at. */
export interface StrayPage {
  readonly webhookId: string;
  readonly status: string;
  /** The id after which the next page begins; null = all were looked at. */
  readonly next: string | null;
  readonly strays: readonly string[];
}
