/** An event on its way in, already validated. */
export interface NewEvent {
  /** A known event type. */
  readonly event: string;
  readonly projectId: string | null;
  /** The JSON text of `data`, exactly as it shall reach the receiver. */
  readonly dataJson: string;
  /** RFC 3339; null = the time of acceptance. */
  readonly timestamp: string | null;
  /** The caller's event id (≤ 128 visible ASCII characters); null = a UUIDv7 is made. */
  readonly id: string | null;
  /** The caller's idempotency key (≤ 128 visible ASCII characters). */
  readonly idempotencyKey: string | null;
  /** The batch that the key was given for, as a whole. */
  readonly batch?: KeyedBatch;
  /** Where it stands in its request, for errors. @default ['body'] */
  readonly place?: readonly (string | number)[];
  /** The one webhook that does not get it, though it subscribes: the event is about it. */
  readonly exceptWebhookId?: string;
}

/** What the events of a batch with one idempotency key have in common, and which of them one is. */
export interface KeyedBatch {
  readonly index: number;
  /** SHA-256 (hex) of all its events: another batch under the same key is another request. */
  readonly digest: string;
}

/** What an accepted event became; durable when it is returned. */
export interface RecordedEvent {
  readonly eventId: string;
  /** One for each matching webhook; empty when nobody subscribes. */
  readonly deliveryIds: readonly string[];
}
