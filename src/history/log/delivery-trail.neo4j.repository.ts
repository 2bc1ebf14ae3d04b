import { Injectable, Logger } from '@nestjs/common';
import { ApiGraph } from '../../neo4j/neo4j-graph.js';
import { integer, integerOrNull, nested, type Row, rows, text, textOrNull } from '../../neo4j/row.js';
import { RowReader } from '../../neo4j/row-reader.js';
import type { AttemptRecord, Delivery } from '../../delivery/model/delivery.js';
import { deliveryNotFound, eventNotFound } from '../../delivery/model/delivery.errors.js';
import { NextTries } from '../../delivery/lanes/due-outlook.neo4j.repository.js';
import { EVENT_DELIVERIES, FIND_ATTEMPTS, FIND_EVENT } from './delivery-log.cypher.js';
import { toDelivery } from './delivery-log.neo4j.repository.js';

/** A delivery has four attempts by default, eleven at most, and more only if it is retried by hand or asked to wait. */
const MAX_ATTEMPTS = 100;
/** Of one event; where there are more, the log filtered by event and time has them. */
const MAX_DELIVERIES = 1000;

/** The attempts of a delivery, oldest first. */
export interface Attempts {
  readonly attempts: readonly AttemptRecord[];
  /** All there are; `attempts` holds the newest 100. */
  readonly total: number;
}

/** An event that was accepted, with what became of it. Times are RFC 3339. */
export interface EventTrail {
  readonly id: string;
  readonly event: string;
  readonly projectId: string | null;
  readonly timestamp: string;
  readonly createdAt: string;
  /** The exact body that goes over the wire. */
  readonly body: string;
  /** Without bodies: the first 1000. */
  readonly deliveries: readonly Delivery[];
  /** All there are. */
  readonly total: number;
}

function toAttempt(row: Row): AttemptRecord {
  return {
    number: integer(row, 'number'),
    startedAt: text(row, 'started_at'),
    durationMs: integerOrNull(row, 'duration_ms'),
    responseCode: integerOrNull(row, 'response_code'),
    responseBody: textOrNull(row, 'response_body'),
    errorMessage: textOrNull(row, 'error_message'),
    errorCode: textOrNull(row, 'error_code'),
  };
}

function toEvent(row: Row): Omit<EventTrail, 'deliveries' | 'total'> {
  return {
    id: text(row, 'id'),
    event: text(row, 'type'),
    projectId: textOrNull(row, 'project_id'),
    timestamp: text(row, 'timestamp'),
    createdAt: text(row, 'created_at'),
    body: text(row, 'body'),
  };
}

/** What became of one delivery, or of one event, in all its steps. */
@Injectable()
export class DeliveryTrail {
  private readonly attempts = new RowReader(new Logger(DeliveryTrail.name), 'Attempt');
  private readonly events = new RowReader(new Logger(DeliveryTrail.name), 'Event');
  private readonly deliveries = new RowReader(new Logger(DeliveryTrail.name), 'Delivery');

  constructor(
    private readonly graph: ApiGraph,
    private readonly nextTries: NextTries,
  ) {}

  /** @throws DomainError `delivery_not_found` */
  async attemptsOf(deliveryId: string): Promise<Attempts> {
    const [row] = await this.graph.read(FIND_ATTEMPTS, { id: deliveryId, limit: MAX_ATTEMPTS });
    if (!row) throw deliveryNotFound(deliveryId);
    return {
      attempts: this.attempts.readAll(rows(row, 'attempts'), toAttempt),
      total: integer(row, 'total'),
    };
  }

  /** @throws DomainError `event_not_found`, also for one that somebody has spoiled */
  async event(id: string): Promise<EventTrail> {
    const [row] = await this.graph.read(FIND_EVENT, { id });
    if (!row) throw eventNotFound(id);
    const found = await this.graph.read(EVENT_DELIVERIES, { id, limit: MAX_DELIVERIES });
    const [event] = this.events.readAll([nested(row, 'event')], toEvent);
    if (!event) throw eventNotFound(id);
    return {
      ...event,
      deliveries: this.deliveries.readAll(
        found.map((one) => nested(one, 'delivery')),
        (delivery) => toDelivery(delivery, null, this.nextTries),
      ),
      total: integer(row, 'total'),
    };
  }
}
