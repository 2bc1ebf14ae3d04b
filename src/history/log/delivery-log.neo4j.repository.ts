import { Injectable, Logger } from '@nestjs/common';
import type { PageRequest } from '../../common/page.js';
import { OUTCOME_WORDS, type OutcomeWord } from '../../formats/format.js';
import { ApiGraph } from '../../neo4j/neo4j-graph.js';
import { integer, integerOrNull, nested, type Row, text, textOrNull } from '../../neo4j/row.js';
import { RowReader } from '../../neo4j/row-reader.js';
import { type Delivery, DELIVERY_STATUSES, type DeliveryStatus } from '../../delivery/model/delivery.js';
import { NextTries } from '../../delivery/lanes/due-outlook.neo4j.repository.js';
import {
  BODIES,
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
  WEBHOOK_CENSUS,
} from './delivery-log.cypher.js';
import {
  type Access,
  accessOf,
  type DeliveryFilter,
  type DeliveryPage,
  type DeliveryStatistics,
  type ListOptions,
  logParameters,
  webhookRange,
} from './log-query.js';
import { Clock } from '../../common/clock.js';
import { FreshAnswer } from '../../common/fresh-answer.js';
import type { WebhookState } from '../../common/metrics/delivery-metrics.js';
import { EndpointRegistry } from '../../delivery/endpoints/endpoint-registry.js';

/** What no counter is kept for is counted up to here. */
const MAX_COUNTED = 10_000;

const QUERIES: Readonly<Record<Access, { readonly list: string; readonly count: string }>> = {
  status: { list: LIST_BY_STATUS, count: COUNT_BY_STATUS },
  project: { list: LIST_BY_PROJECT, count: COUNT_BY_PROJECT },
  event: { list: LIST_BY_EVENT, count: COUNT_BY_EVENT },
  time: { list: LIST_BY_TIME, count: COUNT_BY_TIME },
};

/** What is shown together at most, bytes; a delivery that is larger is shown alone. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** Names and punctuation of a delivery in an answer, besides its values. */
const FRAME_BYTES = 256;

/** As many deliveries as make no page that is too large. */
function firstPage(rows: readonly Row[]): readonly Row[] {
  let left = MAX_PAGE_BYTES;
  const end = rows.findIndex((row, i) => {
    left -= FRAME_BYTES + Buffer.byteLength(JSON.stringify(row)) + integer(row, 'body_bytes');
    return left < 0 && i > 0;
  });
  return end < 0 ? rows : rows.slice(0, end);
}

type Total = Pick<DeliveryPage, 'total' | 'totalCapped'>;

function outcomeOf(row: Row): OutcomeWord | null {
  const stored = textOrNull(row, 'outcome');
  return OUTCOME_WORDS.find((word) => word === stored) ?? null;
}

function statusOf(row: Row): DeliveryStatus {
  const stored = text(row, 'status');
  const status = DELIVERY_STATUSES.find((known) => known === stored);
  if (!status) throw new Error(`Delivery with unknown status '${stored}'`);
  return status;
}

export function toDelivery(row: Row, body: string | null, nextTries: NextTries): Delivery {
  const status = statusOf(row);
  const webhookId = text(row, 'webhook_id');
  return {
    id: text(row, 'id'),
    webhookId,
    eventId: text(row, 'event_id'),
    event: text(row, 'event'),
    projectId: textOrNull(row, 'project_id'),
    body,
    status,
    attempts: integer(row, 'attempts'),
    lastAttemptAt: textOrNull(row, 'last_attempt_at'),
    nextRetryAt: status === 'retrying' ? nextTries.at(webhookId, textOrNull(row, 'next_attempt_at')) : null,
    responseCode: integerOrNull(row, 'response_code'),
    responseBody: textOrNull(row, 'response_body'),
    errorMessage: textOrNull(row, 'error_message'),
    errorCode: textOrNull(row, 'error_code'),
    outcome: outcomeOf(row),
    digestId: textOrNull(row, 'digest_id'),
    durationMs: integerOrNull(row, 'duration_ms'),
    createdAt: text(row, 'created_at'),
  };
}

/** The log of deliveries, read only. */
@Injectable()
export class DeliveryLog {
  private readonly reader = new RowReader(new Logger(DeliveryLog.name), 'Delivery');

  constructor(
    private readonly graph: ApiGraph,
    private readonly nextTries: NextTries,
  ) {}

  async findById(id: string): Promise<Delivery | null> {
    const [row] = await this.graph.read(FIND_DELIVERY, { id });
    if (!row) return null;
    const [delivery] = await this.withBodies([nested(row, 'delivery')]);
    return delivery ?? null;
  }

  async list(
    filter: DeliveryFilter,
    { limit, after }: PageRequest,
    { bodies = true }: ListOptions = {},
  ): Promise<DeliveryPage> {
    const { list } = QUERIES[accessOf(filter)];
    const [found, total] = await Promise.all([
      this.graph.read(list, { ...logParameters(filter, after), limit: limit + 1 }),
      this.count(filter),
    ]);
    const all = found.map((row) => nested(row, 'delivery'));
    const shown = bodies ? firstPage(all.slice(0, limit)) : all.slice(0, limit);
    const items = bodies
      ? await this.withBodies(shown)
      : this.reader.readAll(shown, (row) => toDelivery(row, null, this.nextTries));
    const last = shown.at(-1)?.['id'];
    const more = all.length > shown.length && typeof last === 'string';
    return { items, ...total, nextCursor: more ? last : null };
  }

  async statistics(): Promise<DeliveryStatistics> {
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

  /** An event that is evicted at this moment takes its deliveries along. */
  private async withBodies(shown: readonly Row[]): Promise<Delivery[]> {
    const ids = [...new Set(shown.map((row) => row['event_id']))].filter((id) => typeof id === 'string');
    const found = await this.graph.read(BODIES, { ids });
    const bodies = new Map(found.map((row) => [row['id'], row['body']]));
    const complete = shown.filter((row) => typeof bodies.get(row['event_id']) === 'string');
    return this.reader.readAll(complete, (row) =>
      toDelivery(row, bodies.get(row['event_id']) as string, this.nextTries),
    );
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

type Census = Readonly<Record<WebhookState, number>>;

const FRESH_MS = 10_000;

/** How many webhooks are in which state. Those that are locked count besides: no state of the graph says so. */
@Injectable()
export class WebhookCensus {
  private readonly answer: FreshAnswer<Census>;

  constructor(
    private readonly graph: ApiGraph,
    private readonly registry: EndpointRegistry,
    clock: Clock,
  ) {
    this.answer = new FreshAnswer(
      () => this.read(),
      FRESH_MS,
      () => clock.monotonic(),
    );
  }

  /** At most ten seconds old. */
  async counts(): Promise<Census> {
    return this.answer.get();
  }

  private async read(): Promise<Census> {
    const rows = await this.graph.read(WEBHOOK_CENSUS, {});
    const found = Object.fromEntries(rows.map((row) => [String(row['state']), Number(row['webhooks'])]));
    const locked = this.registry.all().filter((endpoint) => endpoint.locked).length;
    return { active: 0, inactive: 0, failing: 0, disabled: 0, ...found, locked };
  }
}
