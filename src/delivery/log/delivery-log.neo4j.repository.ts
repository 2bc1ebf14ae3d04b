import { Injectable } from '@nestjs/common';
import type { Page, PageRequest } from '../../common/page.js';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { integer, integerOrNull, nested, text, textOrNull, type Row } from '../../neo4j/row.js';
import { DELIVERY_STATUSES, type Delivery, type DeliveryStatus } from '../delivery.js';
import { DeliveryLog, type DeliveryFilter, type DeliveryStatistics } from './delivery-log.js';
import {
  COUNT_ALL,
  COUNT_BY_WEBHOOK,
  COUNT_FILTERED,
  FIND_DELIVERY,
  LIST_ALL,
  LIST_BY_WEBHOOK,
  STATISTICS,
} from './delivery-log.cypher.js';

/** Above every id: where the first page begins. */
const NEWEST = '\u{10ffff}';

function statusOf(row: Row): DeliveryStatus {
  const stored = text(row, 'status');
  const status = DELIVERY_STATUSES.find((known) => known === stored);
  if (!status) throw new Error(`Delivery with unknown status '${stored}'`);
  return status;
}

function toDelivery(row: Row): Delivery {
  const status = statusOf(row);
  return {
    id: text(row, 'id'),
    webhookId: text(row, 'webhook_id'),
    eventId: text(row, 'event_id'),
    event: text(row, 'event'),
    body: text(row, 'body'),
    status,
    attempts: integer(row, 'attempts'),
    lastAttemptAt: textOrNull(row, 'last_attempt_at'),
    nextRetryAt: status === 'retrying' ? textOrNull(row, 'next_attempt_at') : null,
    responseCode: integerOrNull(row, 'response_code'),
    responseBody: textOrNull(row, 'response_body'),
    errorMessage: textOrNull(row, 'error_message'),
    durationMs: integerOrNull(row, 'duration_ms'),
    createdAt: text(row, 'created_at'),
  };
}

function parameters(filter: DeliveryFilter): Record<string, unknown> {
  return {
    statuses: filter.status ? [filter.status] : [...DELIVERY_STATUSES],
    webhook_id: filter.webhookId ?? null,
    event: filter.event ?? null,
    project_id: filter.projectId ?? null,
    since: filter.since ?? null,
    until: filter.until ?? null,
  };
}

@Injectable()
export class Neo4jDeliveryLog extends DeliveryLog {
  constructor(private readonly graph: Neo4jGraph) {
    super();
  }

  override async findById(id: string): Promise<Delivery | null> {
    const [row] = await this.graph.read(FIND_DELIVERY, { id });
    return row ? toDelivery(nested(row, 'delivery')) : null;
  }

  override async list(filter: DeliveryFilter, { limit, after }: PageRequest): Promise<Page<Delivery>> {
    const query = filter.webhookId === undefined ? LIST_ALL : LIST_BY_WEBHOOK;
    const page = { before: after ?? NEWEST, limit: limit + 1 };
    const [found, total] = await Promise.all([
      this.graph.read(query, { ...parameters(filter), ...page }),
      this.count(filter),
    ]);
    const items = found.slice(0, limit).map((row) => toDelivery(nested(row, 'delivery')));
    return { items, total, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
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

  private async count(filter: DeliveryFilter): Promise<number> {
    const narrowed = Object.values(filter).some((value) => value !== undefined);
    const query = filter.webhookId !== undefined ? COUNT_BY_WEBHOOK : narrowed ? COUNT_FILTERED : COUNT_ALL;
    const [row] = await this.graph.read(query, parameters(filter));
    return row ? integer(row, 'total') : 0;
  }
}
