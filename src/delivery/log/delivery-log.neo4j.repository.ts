import { Injectable } from '@nestjs/common';
import type { PageRequest } from '../../common/page.js';
import { ApiGraph } from '../../neo4j/neo4j-graph.js';
import { integer, integerOrNull, nested, text, textOrNull, type Row } from '../../neo4j/row.js';
import { DELIVERY_STATUSES, type Delivery, type DeliveryStatus } from '../delivery.js';
import { NextTries } from '../dispatch/next-tries.js';
import {
  DeliveryLog,
  type DeliveryFilter,
  type DeliveryPage,
  type DeliveryStatistics,
} from './delivery-log.js';
import {
  COUNT_ALL,
  COUNT_BY_EVENT,
  COUNT_BY_PROJECT,
  COUNT_BY_STATUS,
  COUNT_BY_TIME,
  COUNT_FINISHED,
  COUNT_OF_WEBHOOK,
  FIND_DELIVERY,
  LIST_BY_EVENT,
  LIST_BY_PROJECT,
  LIST_BY_STATUS,
  LIST_BY_TIME,
  STATISTICS,
} from './delivery-log.cypher.js';
import { accessOf, logParameters, webhookRange, type Access } from './log-query.js';

/** What no counter is kept for is counted up to here. */
const MAX_COUNTED = 10_000;

const QUERIES: Readonly<Record<Access, { readonly list: string; readonly count: string }>> = {
  status: { list: LIST_BY_STATUS, count: COUNT_BY_STATUS },
  project: { list: LIST_BY_PROJECT, count: COUNT_BY_PROJECT },
  event: { list: LIST_BY_EVENT, count: COUNT_BY_EVENT },
  time: { list: LIST_BY_TIME, count: COUNT_BY_TIME },
};

type Total = Pick<DeliveryPage, 'total' | 'totalCapped'>;

function statusOf(row: Row): DeliveryStatus {
  const stored = text(row, 'status');
  const status = DELIVERY_STATUSES.find((known) => known === stored);
  if (!status) throw new Error(`Delivery with unknown status '${stored}'`);
  return status;
}

function toDelivery(row: Row, nextTries: NextTries): Delivery {
  const status = statusOf(row);
  const webhookId = text(row, 'webhook_id');
  return {
    id: text(row, 'id'),
    webhookId,
    eventId: text(row, 'event_id'),
    event: text(row, 'event'),
    body: text(row, 'body'),
    status,
    attempts: integer(row, 'attempts'),
    lastAttemptAt: textOrNull(row, 'last_attempt_at'),
    nextRetryAt: status === 'retrying' ? nextTries.at(webhookId, textOrNull(row, 'next_attempt_at')) : null,
    responseCode: integerOrNull(row, 'response_code'),
    responseBody: textOrNull(row, 'response_body'),
    errorMessage: textOrNull(row, 'error_message'),
    errorCode: textOrNull(row, 'error_code'),
    durationMs: integerOrNull(row, 'duration_ms'),
    createdAt: text(row, 'created_at'),
  };
}

@Injectable()
export class Neo4jDeliveryLog extends DeliveryLog {
  constructor(
    private readonly graph: ApiGraph,
    private readonly nextTries: NextTries,
  ) {
    super();
  }

  override async findById(id: string): Promise<Delivery | null> {
    const [row] = await this.graph.read(FIND_DELIVERY, { id });
    return row ? toDelivery(nested(row, 'delivery'), this.nextTries) : null;
  }

  override async list(filter: DeliveryFilter, { limit, after }: PageRequest): Promise<DeliveryPage> {
    const { list } = QUERIES[accessOf(filter)];
    const [found, total] = await Promise.all([
      this.graph.read(list, { ...logParameters(filter, after), limit: limit + 1 }),
      this.count(filter),
    ]);
    const items = found.slice(0, limit).map((row) => toDelivery(nested(row, 'delivery'), this.nextTries));
    return { items, ...total, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  override async statistics(): Promise<DeliveryStatistics> {
    const [row] = await this.graph.read(STATISTICS);
    if (!row) throw new Error('The statistics query gave no row');
    const successes = integer(row, 'successes');
    const failures = integer(row, 'failures');
    return {
      totalEvents: integer(row, 'events'),
      successfulDeliveries: successes,
      failedDeliveries: failures,
      retriedDeliveries: integer(row, 'retried'),
      pendingDeliveries: integer(row, 'deliveries') - successes - failures,
    };
  }

  /** From a counter where one is kept: for all, for a webhook, for a finished status. */
  private async count(filter: DeliveryFilter): Promise<Total> {
    const { webhookId, status, event, projectId, since, until } = filter;
    if ((event ?? projectId ?? since ?? until) !== undefined) return this.countUpToCap(filter);
    if (status === 'success' || status === 'failed') return this.countFinished(filter, status);
    if (status !== undefined) return this.countUpToCap(filter);
    const [row] =
      webhookId === undefined
        ? await this.graph.read(COUNT_ALL)
        : await this.graph.read(COUNT_OF_WEBHOOK, { webhook_id: webhookId });
    return { total: row ? integer(row, 'total') : 0, totalCapped: false };
  }

  private async countFinished(filter: DeliveryFilter, status: 'success' | 'failed'): Promise<Total> {
    const [row] = await this.graph.read(COUNT_FINISHED, webhookRange(filter));
    const total = row ? integer(row, status === 'success' ? 'successes' : 'failures') : 0;
    return { total, totalCapped: false };
  }

  private async countUpToCap(filter: DeliveryFilter): Promise<Total> {
    const { count } = QUERIES[accessOf(filter)];
    const [row] = await this.graph.read(count, { ...logParameters(filter), limit: MAX_COUNTED + 1 });
    const counted = row ? integer(row, 'total') : 0;
    return { total: Math.min(counted, MAX_COUNTED), totalCapped: counted > MAX_COUNTED };
  }
}
