import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../neo4j/neo4j-graph.js';
import { MEND_COUNTS } from '../delivery/queue/instance.cypher.js';
import { integer, text, textList, textOrNull } from '../neo4j/row.js';
import {
  APPEND_EVENTS,
  APPEND_FROM_OUTBOX,
  EXISTING_DELIVERIES,
  FIND_KNOWN_EVENTS,
  EMIT_EVENT,
} from './event.cypher.js';
import type { EventRecord, NewDelivery } from '../delivery/model/event-record.js';

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
  /** What becomes of the outbox in the same transaction; the answer is `stale` as well when one of its rows is gone. */
  readonly outbox?: OutboxChange;
}

/** Rows that go, and what capture knows from then on: facts by subject, and subjects that are gone. */
export interface OutboxChange {
  readonly rows: readonly OutboxRowKey[];
  readonly known: readonly (readonly [subject: string, facts: string])[];
  readonly gone: readonly string[];
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

function deliveryRow(delivery: NewDelivery): unknown[] {
  const { id, webhookId, claimedBy, single, generation } = delivery;
  const row = [id, webhookId, claimedBy !== null];
  // Most webhooks were never switched off: a property that says so would be for nothing.
  return single || generation > 0 ? [...row, single || null, generation || null] : row;
}

/** What few events have. */
function rarities(event: EventRecord, writeId: string): unknown[] {
  const { traceparent, idempotencyKey, fingerprint, keepUntil, deliveries } = event;
  const purgeAt = deliveries.length === 0 ? keepUntil : null;
  // Only an event that can be asked for again must outlive its deliveries and remember their ids.
  if (fingerprint === null) return (traceparent ?? purgeAt) ? [traceparent, purgeAt] : [];
  const deliveryIds = deliveries.map(({ id }) => id);
  return [traceparent, purgeAt, idempotencyKey, fingerprint, keepUntil, deliveryIds, writeId];
}

function eventRow(event: EventRecord, writeId: string): unknown[] {
  const { id, type, projectId, timestamp, body, bytes, createdAt, dueAt } = event;
  const deliveries = event.deliveries.map(deliveryRow);
  const rare = rarities(event, writeId);
  return [id, type, projectId, timestamp, body, createdAt, deliveries, dueAt, bytes, rare];
}

function outboxRow({ node, id }: OutboxRowKey): unknown[] {
  return [node, id];
}

/** Deliveries per webhook, in the order of the ids: every transaction locks webhooks in the same order. */
function countsByWebhook(events: readonly EventRecord[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { deliveries } of events) {
    for (const { webhookId } of deliveries) counts.set(webhookId, (counts.get(webhookId) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Writes events with their deliveries, many in one transaction. */
@Injectable()
export class EventRepository {
  constructor(private readonly graph: Neo4jGraph) {}

  /** For how long nothing has come back from the graph, ms. */
  silentMs(): number {
    return this.graph.silentMs();
  }

  /** Whether the graph has been away for as long as somebody waits who has waited for so long, ms; one that is slow is not. */
  isAway(waitedMs: number, patienceMs: number): boolean {
    return this.graph.isAway(waitedMs, patienceMs);
  }

  /** Counts a caller who is refused for want of the graph. */
  noteRefusal(): void {
    this.graph.noteRefusal();
  }

  /** Asks the graph for a sign of life, which `silentMs` then knows of. Never rejects. */
  async ask(): Promise<void> {
    await this.graph.ask();
  }

  /**
   * @throws ConstraintViolationError when an id or key exists
   * @throws GraphUnavailableError after `patienceMs`
   */
  async append(
    events: readonly EventRecord[],
    { writeId, registryVersion, instanceId, patienceMs, outbox }: AppendOptions,
  ): Promise<AppendOutcome> {
    const parameters = {
      version: registryVersion,
      events: events.map((event) => eventRow(event, writeId)),
      webhooks: countsByWebhook(events),
      now: events[0]?.createdAt ?? null,
      instance: instanceId,
      counter: `${instanceId}:events`,
      event_count: events.length,
    };
    const [row] = outbox
      ? await this.graph.write(
          APPEND_FROM_OUTBOX,
          { ...parameters, ...outbox, rows: outbox.rows.map(outboxRow) },
          { patienceMs },
        )
      : await this.graph.write(APPEND_EVENTS, parameters, { patienceMs });
    return row ? { kind: 'appended', created: integer(row, 'created') } : { kind: 'stale' };
  }

  async findKnown(
    ids: readonly string[],
    keys: readonly string[],
    patienceMs: number,
  ): Promise<KnownEvent[]> {
    const found = await this.graph.write(FIND_KNOWN_EVENTS, { ids, keys }, { patienceMs });
    return found.map((row) => ({
      eventId: text(row, 'event_id'),
      idempotencyKey: textOrNull(row, 'idempotency_key'),
      fingerprint: textOrNull(row, 'fingerprint'),
      deliveryIds: textList(row, 'delivery_ids'),
      writeId: textOrNull(row, 'write_id'),
    }));
  }

  /** Mends what somebody may have spoiled of the counter of an instance, which its events raise. */
  async mendCounter(instanceId: string): Promise<void> {
    await this.graph.write(MEND_COUNTS, { counter: `${instanceId}:events`, webhook_id: '' });
  }

  /** Of these delivery ids those that exist. */
  async existingDeliveries(ids: readonly string[]): Promise<string[]> {
    const rows = await this.graph.read(EXISTING_DELIVERIES, { ids });
    return rows.map((row) => text(row, 'id'));
  }
}

/** A transaction that the caller has opened on the Neo4j of this service, with whichever version of neo4j-driver. */
export interface GraphTransaction {
  run(cypher: string, parameters: Record<string, unknown>): PromiseLike<unknown>;
}

/** Writes a row of the outbox by a transaction that is not ours. */
export async function writeEmission(
  transaction: GraphTransaction,
  row: Readonly<Record<string, string>>,
): Promise<void> {
  await transaction.run(EMIT_EVENT, { row });
}
