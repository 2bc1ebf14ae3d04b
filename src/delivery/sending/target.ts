import type { RetryConfig } from '../delivery.js';

/** A webhook as the delivery engine sees it, with its secrets decrypted: never logged, never answered. */
export interface Target {
  readonly webhookId: string;
  readonly url: string;
  /** scheme://host:port, the key of the throttle. */
  readonly destination: string;
  readonly active: boolean;
  readonly projectId: string | null;
  /** Other names of that project in the graph: Basset Hound uses `id` and `safe_name` interchangeably. */
  readonly projectAliases: readonly string[];
  /** Known event types and patterns (`*`, `entity.*`). */
  readonly events: readonly string[];
  /** Signing secrets, newest first; more than one during a rotation; empty = unsigned. */
  readonly secrets: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
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
