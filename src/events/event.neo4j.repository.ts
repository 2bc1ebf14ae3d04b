import { Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../neo4j/neo4j-graph.js';
import { integer, text, textList, textOrNull } from '../neo4j/row.js';
import { APPEND_EVENTS, APPEND_FROM_OUTBOX, EXISTING_DELIVERIES, FIND_KNOWN_EVENTS } from './event.cypher.js';
import type { EventRecord, NewDelivery } from '../delivery/model/event-record.js';
import {
  EventRepository,
  type AppendOptions,
  type AppendOutcome,
  type KnownEvent,
  type OutboxRowKey,
} from './event.repository.js';

function deliveryRow(delivery: NewDelivery): unknown[] {
  const { id, webhookId, claimedBy, single, generation } = delivery;
  const [status, queue] = claimedBy === null ? ['pending', webhookId] : ['sending', null];
  // Most webhooks were never switched off: a property that says so would be for nothing.
  return [
    id,
    webhookId,
    status,
    queue,
    claimedBy,
    single ? true : null,
    generation === 0 ? null : generation,
  ];
}

function eventRow(event: EventRecord): unknown[] {
  const { id, type, projectId, timestamp, body, bytes, createdAt, dueAt } = event;
  const { idempotencyKey, fingerprint, keepUntil } = event;
  const purgeAt = event.deliveries.length === 0 ? keepUntil : null;
  const head = [id, type, projectId, timestamp, body, createdAt, idempotencyKey, fingerprint];
  const deliveries = event.deliveries.map(deliveryRow);
  // Only an event that can be asked for again must outlive its deliveries and remember their ids.
  if (fingerprint === null) return [...head, null, purgeAt, deliveries, null, dueAt, bytes];
  const deliveryIds = event.deliveries.map((delivery) => delivery.id);
  return [...head, keepUntil, purgeAt, deliveries, deliveryIds, dueAt, bytes];
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

@Injectable()
export class Neo4jEventRepository extends EventRepository {
  constructor(private readonly graph: Neo4jGraph) {
    super();
  }

  override silentMs(): number {
    return this.graph.silentMs();
  }

  override isAway(waitedMs: number, patienceMs: number): boolean {
    return this.graph.isAway(waitedMs, patienceMs);
  }

  override noteRefusal(): void {
    this.graph.noteRefusal();
  }

  override async ask(): Promise<void> {
    await this.graph.ask();
  }

  override async append(
    events: readonly EventRecord[],
    { writeId, registryVersion, instanceId, patienceMs, outboxRows }: AppendOptions,
  ): Promise<AppendOutcome> {
    const parameters = {
      write: writeId,
      version: registryVersion,
      events: events.map(eventRow),
      webhooks: countsByWebhook(events),
      now: events[0]?.createdAt ?? null,
      instance: instanceId,
      counter: `${instanceId}:events`,
      event_count: events.length,
    };
    const [row] = outboxRows
      ? await this.graph.write(
          APPEND_FROM_OUTBOX,
          { ...parameters, rows: outboxRows.map(outboxRow) },
          { patienceMs },
        )
      : await this.graph.write(APPEND_EVENTS, parameters, { patienceMs });
    return row ? { kind: 'appended', created: integer(row, 'created') } : { kind: 'stale' };
  }

  override async findKnown(
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

  override async existingDeliveries(ids: readonly string[]): Promise<string[]> {
    const rows = await this.graph.read(EXISTING_DELIVERIES, { ids });
    return rows.map((row) => text(row, 'id'));
  }
}
