/** The stored body of an event, as text until it is sent and as bytes from then on; shared by all deliveries of the event. */
export class EventBody {
  private text: string | undefined;
  private encoded: Buffer | undefined;

  constructor(
    text: string,
    /** The trace that the event belongs to (W3C); null = none. */
    readonly traceparent: string | null = null,
  ) {
    this.text = text;
  }

  /** Encoded on first use, and the text let go: a body does not cost twice. */
  get bytes(): Buffer {
    this.encoded ??= Buffer.from(this.text ?? '', 'utf8');
    this.text = undefined;
    return this.encoded;
  }
}

/** One delivery of a new event, as it is written. */
export interface NewDelivery {
  readonly id: string;
  readonly webhookId: string;
  /** The instance that goes on with it at once; null = it waits in the queue of its webhook. */
  readonly claimedBy: string | null;
  /** A test: one attempt, no retries. */
  readonly single: boolean;
  /** Of its webhook, see `Endpoint`. */
  readonly generation: number;
}

/** A new event with its deliveries, as it is written. */
export interface EventRecord {
  readonly id: string;
  /** The event type. */
  readonly type: string;
  readonly projectId: string | null;
  readonly timestamp: string;
  /** The wire body. */
  readonly body: string;
  /** Length of the body in UTF-8. */
  readonly bytes: number;
  /** The trace that it belongs to (W3C); null = none. */
  readonly traceparent: string | null;
  readonly createdAt: string;
  /** From when its deliveries are due, by the clock without jumps. */
  readonly dueAt: string;
  readonly idempotencyKey: string | null;
  /** Of the request, for events that carry an id or a key of the caller's. */
  readonly fingerprint: string | null;
  /** From when the event may be removed once it has no deliveries (left). */
  readonly keepUntil: string;
  readonly deliveries: readonly NewDelivery[];
}
