import { Injectable } from '@nestjs/common';
import { newId } from '../../common/new-id.js';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { integer, nested, rows, text, type Row } from '../../neo4j/row.js';
import { EventBody } from '../events/event-body.js';
import type { HeldDelivery } from './held-delivery.js';
import {
  CLAIM_DUE,
  CLAIM_FOR_RETRY,
  CLAIMED_BY,
  DELETED_WEBHOOKS,
  GIVE_BACK,
  NEXT_DUE,
  RELEASE_DELIVERIES,
} from './work.cypher.js';
import {
  WorkRepository,
  type Claim,
  type ClaimRefusal,
  type Demand,
  type NextDue,
} from './work.repository.js';

/** Deliveries of one event that are claimed together share its body. */
class Bodies {
  private readonly bodies = new Map<string, EventBody>();

  of(eventId: string, stored: string): EventBody {
    let body = this.bodies.get(eventId);
    if (!body) this.bodies.set(eventId, (body = new EventBody(stored)));
    return body;
  }
}

function toHeld(row: Row, bodies: Bodies, manual: boolean): HeldDelivery {
  const eventId = text(row, 'event_id');
  return {
    id: text(row, 'id'),
    webhookId: text(row, 'webhook_id'),
    claimedBy: text(row, 'claimed_by'),
    eventId,
    event: text(row, 'event'),
    body: bodies.of(eventId, text(row, 'body')),
    attempts: integer(row, 'attempts'),
    attemptBase: integer(row, 'attempt_base'),
    single: row['single'] === true,
    manual,
  };
}

@Injectable()
export class Neo4jWorkRepository extends WorkRepository {
  constructor(private readonly graph: Neo4jGraph) {
    super();
  }

  override async claimDue(
    demands: readonly Demand[],
    now: string,
    instanceId: string,
  ): Promise<HeldDelivery[]> {
    const claimed = await this.graph.write(CLAIM_DUE, {
      demands: demands.map(({ webhookId, count }) => ({ webhook_id: webhookId, count })),
      most: Math.max(...demands.map(({ count }) => count)),
      now,
      instance: instanceId,
    });
    const bodies = new Bodies();
    return claimed.map((row) => toHeld(nested(row, 'delivery'), bodies, false));
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
    return claimed ? toHeld(claimed, new Bodies(), true) : 'not-retryable';
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
