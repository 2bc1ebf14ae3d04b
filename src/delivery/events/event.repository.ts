/** One delivery of a new event, as it is written. */
export interface NewDelivery {
  readonly id: string;
  readonly webhookId: string;
  /** The instance that goes on with it at once; null = it waits in the queue of its webhook. */
  readonly claimedBy: string | null;
  /** A test: one attempt, no retries. */
  readonly single: boolean;
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

/** An event that an earlier request with the same id or key has recorded. */
export interface KnownEvent {
  readonly eventId: string;
  readonly idempotencyKey: string | null;
  readonly fingerprint: string | null;
  readonly deliveryIds: readonly string[];
}

/**
 * Answer of a write: `stale` when the webhooks have changed since they were matched, or the instance is no longer
 * registered; then nothing was written.
 */
export type AppendOutcome =
  { readonly kind: 'appended'; readonly created: number } | { readonly kind: 'stale' };

/** Writes events with their deliveries, many in one transaction. */
export abstract class EventRepository {
  /**
   * @param registryVersion of the webhooks that the deliveries were matched against; null = they were read after the
   *   events had come, and may have changed since
   * @param instanceId whose counters are raised, and for which deliveries are claimed
   * @param patienceMs how long an absent graph is waited for
   * @throws ConstraintViolationError when an id or key exists
   * @throws GraphUnavailableError after `patienceMs`
   */
  abstract append(
    events: readonly EventRecord[],
    registryVersion: number | null,
    instanceId: string,
    patienceMs: number,
  ): Promise<AppendOutcome>;

  abstract findKnown(
    ids: readonly string[],
    keys: readonly string[],
    patienceMs: number,
  ): Promise<KnownEvent[]>;

  /** Of these delivery ids those that exist. */
  abstract existingDeliveries(ids: readonly string[]): Promise<string[]>;
}
