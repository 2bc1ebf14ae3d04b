import type { EventRecord } from '../delivery/model/event-record.js';

/** An event that an earlier request with the same id or key has recorded. */
export interface KnownEvent {
  readonly eventId: string;
  readonly idempotencyKey: string | null;
  readonly fingerprint: string | null;
  readonly deliveryIds: readonly string[];
  /** Id of the write that recorded it. */
  readonly writeId: string | null;
}

/** What a write of events goes by. */
export interface AppendOptions {
  /** Of this write, repetitions included: what it has recorded can be told from what others have. */
  readonly writeId: string;
  /** Of the webhooks that the deliveries were matched against; null = they were read after the events had come, and may have changed since. */
  readonly registryVersion: number | null;
  /** Whose counters are raised, and for which deliveries are claimed. */
  readonly instanceId: string;
  /** How long an absent graph is waited for, ms. */
  readonly patienceMs: number;
  /** Rows of the outbox that go in the same transaction; the answer is `stale` as well when one is gone. */
  readonly outboxRows?: readonly OutboxRowKey[];
}

/** A node of the outbox; its element id is given to another node later, so its id is compared as well. */
export interface OutboxRowKey {
  readonly node: string;
  readonly id: string;
}

/**
 * Answer of a write: `stale` when the webhooks have changed since they were matched, or the instance is no longer
 * registered; then nothing was written.
 */
export type AppendOutcome =
  { readonly kind: 'appended'; readonly created: number } | { readonly kind: 'stale' };

/** Writes events with their deliveries, many in one transaction. */
export abstract class EventRepository {
  /** For how long nothing has come back from the graph, ms. */
  abstract silentMs(): number;

  /** Whether the graph has been away for as long as somebody waits who has waited for so long, ms; one that is slow is not. */
  abstract isAway(waitedMs: number, patienceMs: number): boolean;

  /** Counts a caller who is refused for want of the graph. */
  abstract noteRefusal(): void;

  /** Asks the graph for a sign of life, which `silentMs` then knows of. Never rejects. */
  abstract ask(): Promise<void>;

  /**
   * @throws ConstraintViolationError when an id or key exists
   * @throws GraphUnavailableError after `patienceMs`
   */
  abstract append(events: readonly EventRecord[], options: AppendOptions): Promise<AppendOutcome>;

  abstract findKnown(
    ids: readonly string[],
    keys: readonly string[],
    patienceMs: number,
  ): Promise<KnownEvent[]>;

  /** Of these delivery ids those that exist. */
  abstract existingDeliveries(ids: readonly string[]): Promise<string[]>;
}
