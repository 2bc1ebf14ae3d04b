import { Injectable } from '@nestjs/common';
import { newId } from '../../common/new-id.js';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { integer, nested, rows, text, textList, type Row } from '../../neo4j/row.js';
import { EventBody } from '../events/event-body.js';
import type { HeldDelivery } from './held-delivery.js';
import {
  CLAIM,
  CLAIM_FOR_RETRY,
  CLAIMED_BY,
  DELETED_WEBHOOKS,
  DUE,
  GIVE_BACK,
  NEXT_DUE,
  RELEASE_DELIVERIES,
} from './work.cypher.js';
import {
  WorkRepository,
  type Claim,
  type ClaimRefusal,
  type Demand,
  type DueDelivery,
  type NextDue,
  type Wanted,
} from './work.repository.js';

function toHeld(row: Row, body: EventBody, manual: boolean): HeldDelivery {
  return {
    id: text(row, 'id'),
    webhookId: text(row, 'webhook_id'),
    claimedBy: text(row, 'claimed_by'),
    eventId: text(row, 'event_id'),
    event: text(row, 'event'),
    body,
    attempts: integer(row, 'attempts'),
    attemptBase: integer(row, 'attempt_base'),
    single: row['single'] === true,
    manual,
  };
}

/** The bodies of what is claimed: those that were in memory, and those that came with the claim. */
function bodiesOf(wanted: readonly Wanted[], found: readonly Row[]): Map<string, EventBody> {
  const bodies = new Map<string, EventBody>();
  for (const { eventId, body } of wanted) if (body) bodies.set(eventId, body);
  for (const row of found) {
    if (row['event'] === null) continue;
    const event = nested(row, 'event');
    bodies.set(text(event, 'id'), new EventBody(text(event, 'body')));
  }
  return bodies;
}

@Injectable()
export class Neo4jWorkRepository extends WorkRepository {
  constructor(private readonly graph: Neo4jGraph) {
    super();
  }

  override async due(demands: readonly Demand[], now: string): Promise<DueDelivery[]> {
    const found = await this.graph.read(DUE, {
      demands: demands.map(({ webhookId, count }) => ({ webhook_id: webhookId, count })),
      most: Math.max(...demands.map(({ count }) => count)),
      now,
    });
    return found.map((row) => ({
      id: text(row, 'id'),
      webhookId: text(row, 'webhook_id'),
      eventId: text(row, 'event_id'),
      bytes: integer(row, 'bytes'),
    }));
  }

  override async claim(wanted: readonly Wanted[], now: string, instanceId: string): Promise<HeldDelivery[]> {
    const claims = wanted.map(({ id, body }) => ({ id, read: body === undefined }));
    const found = await this.graph.write(CLAIM, { claims, now, instance: instanceId });
    const bodies = bodiesOf(wanted, found);
    return found.flatMap((row) => {
      if (row['delivery'] === null) return [];
      const delivery = nested(row, 'delivery');
      const body = bodies.get(text(delivery, 'event_id'));
      return body ? [toHeld(delivery, body, false)] : [];
    });
  }

  override async claimForRetry(deliveryId: string, instanceId: string): Promise<HeldDelivery | ClaimRefusal> {
    const [row] = await this.graph.write(CLAIM_FOR_RETRY, {
      id: deliveryId,
      instance: instanceId,
      claim: newId(),
      // Not the recorder's own: it locks that before the tallies.
      counter: 'total',
    });
    if (!row) return 'not-found';
    const [claimed] = rows(row, 'claimed');
    return claimed ? toHeld(claimed, new EventBody(textList(row, 'bodies')[0] ?? ''), true) : 'not-retryable';
  }

  override async nextDue(webhookIds: readonly string[]): Promise<NextDue[]> {
    const found = await this.graph.read(NEXT_DUE, { webhooks: webhookIds });
    return found.map((row) => ({ webhookId: text(row, 'webhook_id'), at: text(row, 'due') }));
  }

  override async deletedWebhooks(): Promise<string[]> {
    return (await this.graph.read(DELETED_WEBHOOKS)).map((row) => text(row, 'id'));
  }

  override async claimedBy(instanceId: string): Promise<Claim[]> {
    const found = await this.graph.read(CLAIMED_BY, { instance: instanceId });
    return found.map((row) => ({
      id: text(row, 'id'),
      webhookId: text(row, 'webhook_id'),
      attempts: integer(row, 'attempts'),
    }));
  }

  override async giveBack(deliveryIds: readonly string[], instanceId: string, now: string): Promise<void> {
    await this.graph.write(GIVE_BACK, { ids: deliveryIds, instance: instanceId, now });
  }

  override async release(
    claims: readonly Pick<Claim, 'id' | 'attempts'>[],
    instanceId: string,
    now: string,
  ): Promise<number> {
    const [row] = await this.graph.write(RELEASE_DELIVERIES, {
      claims: claims.map(({ id, attempts }) => ({ id, attempts })),
      instance: instanceId,
      now,
    });
    return row ? integer(row, 'released') : 0;
  }
}
