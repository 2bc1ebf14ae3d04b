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
  /** The one webhook that does not get it, though it subscribes: the event is about it. */
  readonly exceptWebhookId?: string;
}

/** What an accepted event became; durable when it is returned. */
export interface RecordedEvent {
  readonly eventId: string;
  /** One for each matching webhook; empty when nobody subscribes. */
  readonly deliveryIds: readonly string[];
}
