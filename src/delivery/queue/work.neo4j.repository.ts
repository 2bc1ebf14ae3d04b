import { Injectable, Logger } from '@nestjs/common';
import { newId } from '../../common/new-id.js';
import { validTraceparent } from '../../common/tracing/traceparent.js';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import {
  flag,
  integer,
  integerOrNull,
  nested,
  type Row,
  rows,
  text,
  textList,
  textOrNull,
  time,
} from '../../neo4j/row.js';
import { RowReader } from '../../neo4j/row-reader.js';
import { EventBody } from '../model/event-record.js';
import type {
  Claim,
  ClaimRefusal,
  Demand,
  DueDelivery,
  HeldDelivery,
  NextDue,
  Pause,
  Stray,
  StrayPage,
  Wanted,
} from '../model/queued-delivery.js';
import {
  CLAIM,
  CLAIM_FOR_RETRY,
  CLAIMED_BY,
  DELETED_WEBHOOKS,
  DUE,
  END_PAUSE,
  END_UNREADABLE,
  FIND_STRAYS,
  GIVE_BACK,
  NEXT_DUE,
  PAUSES,
  RELEASE_DELIVERIES,
  REQUEUE_STRAYS,
  WEBHOOKS_WITH_WORK,
} from './work.cypher.js';

/** Of a place in the queue that somebody has spoiled nothing is left. */
function dueAtOf({ next_attempt_at: at }: Row): string | null {
  return typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? at : null;
}

function toHeld(row: Row, body: EventBody | undefined, manual: boolean): HeldDelivery {
  if (!body) throw new Error('Its event is gone, or has no body');
  const [attempts, attemptBase] = [integer(row, 'attempts'), integer(row, 'attempt_base')];
  // It would be tried without end and without a pause.
  if (attempts < 0 || attemptBase > attempts) throw new Error('Its attempts make no sense');
  return {
    id: text(row, 'id'),
    webhookId: text(row, 'webhook_id'),
    claimedBy: text(row, 'claimed_by'),
    eventId: text(row, 'event_id'),
    event: text(row, 'event'),
    projectId: textOrNull(row, 'project_id'),
    createdAt: textOrNull(row, 'created_at') ?? '',
    body,
    dueAt: dueAtOf(row),
    attempts,
    attemptBase,
    generation: integerOrNull(row, 'generation') ?? 0,
    single: row['single'] === true,
    manual,
  };
}

/** undefined = somebody has spoiled it. */
function toBody({ body, traceparent }: Row): EventBody | undefined {
  if (typeof body !== 'string') return undefined;
  return new EventBody(body, typeof traceparent === 'string' ? validTraceparent(traceparent) : null);
}

/** The bodies of what is claimed: those that were in memory, and those that came with the claim. */
function bodiesOf(wanted: readonly Wanted[], found: readonly Row[]): Map<string, EventBody> {
  const bodies = new Map<string, EventBody>();
  for (const { eventId, body } of wanted) if (body) bodies.set(eventId, body);
  for (const row of found) {
    if (row['event'] === null) continue;
    const event = nested(row, 'event');
    const body = toBody(event);
    if (typeof event['id'] === 'string' && body) bodies.set(event['id'], body);
  }
  return bodies;
}
/** What waits has been claimed by no instance. */
const NOBODY = '';
/** States of deliveries that are not finished. */
const UNFINISHED = ['pending', 'retrying', 'sending'];

/** The queue in the graph. */
@Injectable()
export class WorkRepository {
  private readonly reader = new RowReader(new Logger(WorkRepository.name), 'Delivery');
  private readonly pauseReader = new RowReader(new Logger(WorkRepository.name), 'The pause of webhook');

  constructor(private readonly graph: Neo4jGraph) {}

  /** Due deliveries, those of each webhook by the time at which they are due. */
  async due(demands: readonly Demand[], now: string): Promise<DueDelivery[]> {
    const found = await this.graph.read(DUE, {
      demands: demands.map(({ webhookId, count }) => ({ webhook_id: webhookId, count })),
      most: Math.max(...demands.map(({ count }) => count)),
      now,
    });
    return this.readable(found, NOBODY, (row) => ({
      id: text(row, 'id'),
      webhookId: text(row, 'webhook_id'),
      eventId: text(row, 'event_id'),
      bytes: integer(row, 'bytes'),
    }));
  }

  /** Claims those that are still due; two instances never get the same one. */
  async claim(wanted: readonly Wanted[], now: string, instanceId: string): Promise<HeldDelivery[]> {
    const claims = wanted.map(({ id, body }) => ({ id, read: body === undefined }));
    const found = await this.graph.write(CLAIM, { claims, now, instance: instanceId });
    const bodies = bodiesOf(wanted, found);
    const claimed = found.flatMap((row) => (row['delivery'] === null ? [] : [nested(row, 'delivery')]));
    return this.readable(claimed, instanceId, (row) => toHeld(row, bodies.get(text(row, 'event_id')), false));
  }

  /** Claims one delivery that has failed or waits for its retry, and begins a new retry schedule. */
  async claimForRetry(deliveryId: string, instanceId: string): Promise<HeldDelivery | ClaimRefusal> {
    const [row] = await this.graph.write(CLAIM_FOR_RETRY, {
      id: deliveryId,
      instance: instanceId,
      claim: newId(),
      // Not the recorder's own: it locks that before the tallies.
      counter: 'total',
    });
    if (!row) return 'not-found';
    if (!flag(row, 'alive')) return 'not-registered';
    const [event] = rows(row, 'events');
    const [held] = await this.readable(rows(row, 'claimed'), instanceId, (claimed) =>
      toHeld(claimed, event && toBody(event), true),
    );
    return held ?? 'not-retryable';
  }

  /** The first due time of each of these webhooks that has waiting deliveries. */
  async nextDue(webhookIds: readonly string[]): Promise<NextDue[]> {
    const found = await this.graph.read(NEXT_DUE, { webhooks: webhookIds });
    return found.map((row) => ({ webhookId: text(row, 'webhook_id'), at: text(row, 'due') }));
  }

  /** Webhooks that were deleted and may still have deliveries. */
  async deletedWebhooks(): Promise<string[]> {
    return (await this.graph.read(DELETED_WEBHOOKS)).map((row) => text(row, 'id'));
  }

  /** The webhooks that pause at `now`. */
  async pauses(now: string): Promise<Pause[]> {
    const found = await this.graph.read(PAUSES, { now });
    return this.pauseReader.readAll(found, (row) => ({
      webhookId: text(row, 'id'),
      until: time(row, 'until'),
      since: time(row, 'since'),
    }));
  }

  async endPause(webhookId: string): Promise<void> {
    await this.graph.write(END_PAUSE, { id: webhookId });
  }

  /** All deliveries that an instance has claimed. */
  async claimedBy(instanceId: string): Promise<Claim[]> {
    const found = await this.graph.read(CLAIMED_BY, { instance: instanceId });
    return this.reader.readAll(found, (row) => ({
      id: text(row, 'id'),
      webhookId: text(row, 'webhook_id'),
      attempts: integer(row, 'attempts'),
    }));
  }

  /** Gives claims back to the queue in the place that they had there. */
  async giveBack(deliveryIds: readonly string[], instanceId: string, now: string): Promise<void> {
    await this.graph.write(GIVE_BACK, { ids: deliveryIds, instance: instanceId, now });
  }

  /** Gives single claims back to the queue, unless an attempt was recorded since they were read; answers how many. */
  async release(
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

  /** All webhooks that may have deliveries: deleted ones as well, and those that somebody took out of the graph. */
  async webhooksWithWork(): Promise<string[]> {
    return (await this.graph.read(WEBHOOKS_WITH_WORK)).map((row) => text(row, 'id'));
  }

  /**
   * Unfinished deliveries that neither wait nor are claimed, of each webhook and state among `limit` of them. What is
   * neither to be gone on with nor found is left out.
   */
  async findStrays(
    webhookIds: readonly string[],
    limit: number,
    { status, after }: { readonly status?: string; readonly after: string },
  ): Promise<StrayPage[]> {
    const statuses = status === undefined ? UNFINISHED : [status];
    const found = await this.graph.read(FIND_STRAYS, { webhooks: webhookIds, statuses, after, limit });
    return found.map((row) => ({
      webhookId: text(row, 'webhook_id'),
      status: text(row, 'status'),
      next: flag(row, 'more') ? textOrNull(row, 'last') : null,
      strays: textList(row, 'strays'),
    }));
  }

  /** Queues those of them that are strays indeed; answers which. */
  async requeueStrays(deliveryIds: readonly string[], now: string): Promise<Stray[]> {
    const requeued = await this.graph.write(REQUEUE_STRAYS, { ids: deliveryIds, now });
    return requeued.map((row) => ({ id: text(row, 'id'), webhookId: text(row, 'webhook_id') }));
  }

  /** What can be read. A record that cannot ends as failed: it must not hold up the others, nor come back for ever. */
  private async readable<T>(found: readonly Row[], instanceId: string, read: (row: Row) => T): Promise<T[]> {
    const unreadable: [string, string][] = [];
    const readable = this.reader.readAll(found, read, (row, reason) =>
      unreadable.push([text(row, 'element'), `its record cannot be read: ${reason}`]),
    );
    if (unreadable.length > 0) {
      await this.graph.write(END_UNREADABLE, { unreadable, instance: instanceId, counter: 'total' });
    }
    return readable;
  }
}
