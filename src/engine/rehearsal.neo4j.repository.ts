import { Injectable } from '@nestjs/common';
import { toTimestamp } from '../common/clock.js';
import { newId } from '../common/new-id.js';
import type { EventRecord } from '../delivery/model/event-record.js';
import type { Outcome } from '../delivery/outcomes/outcome.js';
import { OutcomeRepository } from '../delivery/outcomes/outcome.neo4j.repository.js';
import { WorkRepository } from '../delivery/queue/work.neo4j.repository.js';
import { EventRepository } from '../events/event.neo4j.repository.js';
import { Neo4jGraph } from '../neo4j/neo4j-graph.js';
import { SET_THE_STAGE } from './rehearsal.cypher.js';

/** As large as most bodies. */
const BODY = JSON.stringify({ event: 'entity.created', data: { note: 'x'.repeat(300) } });

/** @param claimedBy null = its delivery waits in the queue */
function eventFor(webhookId: string, claimedBy: string | null): EventRecord {
  const now = toTimestamp(Date.now());
  return {
    ...{ id: newId(), type: 'entity.created', projectId: null, timestamp: now, body: BODY },
    ...{ bytes: BODY.length, createdAt: now, dueAt: now, keepUntil: now },
    ...{ idempotencyKey: null, fingerprint: null, traceparent: null },
    deliveries: [{ id: newId(), webhookId, claimedBy, single: false, generation: 0 }],
  };
}

/** @param attempts a success with the first has a statement of its own */
function successesOf({ deliveries, createdAt }: EventRecord, claimedBy: string, attempts: number): Outcome[] {
  const attempt = {
    ...{ startedAt: createdAt, durationMs: 5, responseCode: 200, responseBody: 'ok' },
    ...{ errorMessage: null, errorCode: null, retryAfterSeconds: null },
  };
  return deliveries.map(({ id, webhookId }) => ({
    ...{ deliveryId: id, webhookId, claimedBy, status: 'success', attempts, nextAttemptAt: null },
    ...{ attempt, errorMessage: null, word: 'success' },
  }));
}

/** Plays the way of events through the graph, and takes it all back: Neo4j plans and compiles what it will do. */
@Injectable()
export class RehearsalRepository {
  constructor(private readonly graph: Neo4jGraph) {}

  /**
   * One event that is sent at once, and one that waits, is found due and claimed.
   *
   * @param registryVersion the present one
   */
  async play(registryVersion: number): Promise<void> {
    const [instance, webhook] = [newId(), newId()];
    const options = { registryVersion, instanceId: instance, patienceMs: 0 };
    await this.graph.rehearse(async (graph) => {
      const events = new EventRepository(graph);
      const work = new WorkRepository(graph);
      const outcomes = new OutcomeRepository(graph, { id: instance });
      await graph.write(SET_THE_STAGE, { instance, webhook });
      const [first, second] = [eventFor(webhook, instance), eventFor(webhook, null)];
      await events.append([first], { ...options, writeId: newId() });
      await outcomes.write(successesOf(first, instance, 1));
      await events.append([second], { ...options, writeId: newId() });
      await work.nextDue([webhook]);
      const due = await work.due([{ webhookId: webhook, count: 1 }], second.dueAt);
      await work.claim(
        due.map((found) => ({ ...found, body: undefined })),
        second.dueAt,
        instance,
      );
      await outcomes.write(successesOf(second, instance, 2));
    });
  }
}
