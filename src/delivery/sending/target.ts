import type { RetryConfig } from '../delivery.js';

/** A signing secret as it lies in the graph: encrypted. */
export interface SealedSecret {
  readonly sealed: string;
  /** Wall clock, ms: from then on it signs no more. `Infinity` = it is the present one. */
  readonly until: number;
}

/** A webhook as the delivery engine sees it. What is secret stays encrypted and is opened for each attempt. */
export interface Target {
  readonly webhookId: string;
  readonly url: string;
  /** scheme://host:port, the key of the throttle. */
  readonly destination: string;
  readonly active: boolean;
  /** How often it was switched off. A delivery of an earlier generation is over, also when the webhook is on again. */
  readonly generation: number;
  readonly projectId: string | null;
  /** Other names of that project in the graph: Basset Hound uses `id` and `safe_name` interchangeably. */
  readonly projectAliases: readonly string[];
  /** Known event types and patterns (`*`, `entity.*`). */
  readonly events: readonly string[];
  /** Newest first; during a rotation the former one signs along; empty = unsigned. */
  readonly secrets: readonly SealedSecret[];
  /** Its own headers, encrypted as one text; null = none. */
  readonly headers: string | null;
  /** No listed key opens its secrets or headers: what it is to get waits until the key is back. */
  readonly locked: boolean;
  readonly retry: RetryConfig;
}

/** One request to be made: the same bytes for every attempt of an event. */
export interface OutboundAttempt {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly event: string;
  readonly body: Buffer;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly target: Target;
}
