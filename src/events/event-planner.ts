import { contextOf } from '../formats/filter/filter.js';
import { severityOf } from '../formats/severity.js';
import type { Endpoint } from '../delivery/model/endpoint.js';
import {
  type NewEvent,
  type RecordedEvent,
  type Submission,
  type SubmissionResult,
  wireBody,
} from './new-event.js';
import { Injectable } from '@nestjs/common';
import { Clock, toTimestamp } from '../common/clock.js';
import { DomainError } from '../common/domain-error.js';
import { newId } from '../common/new-id.js';
import { MemoryBudget } from '../delivery/lanes/memory-budget.js';
import { InstanceLease } from '../delivery/queue/instance-lease.js';
import { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import type { EventRecord, NewDelivery } from '../delivery/model/event-record.js';
import type { KnownEvent } from './event.neo4j.repository.js';
import { fingerprint, storedKey } from './fingerprint.js';
import { isRepeatable, KnownEvents } from './known-events.js';

type Filtered = Pick<NewEvent, 'event' | 'projectId' | 'dataJson'>;

/** Of the webhooks that an event matches those whose filter wants it. Its data are parsed only where somebody asks. */
export function wantedBy(
  endpoints: readonly Endpoint[],
  { event, projectId, dataJson }: Filtered,
): readonly Endpoint[] {
  if (!endpoints.some(({ filter }) => filter !== null)) return endpoints;
  const data = JSON.parse(dataJson) as Record<string, unknown>;
  const severity = severityOf({ event, data });
  const context = contextOf({ event, project_id: projectId, data, severity });
  return endpoints.filter(({ filter }) => filter === null || filter.matches(context));
}

/** Ids and keys of callers are remembered for a day. */
const KEEP_MS = 24 * 3600 * 1000;

/** What is to be written for a batch of submissions, and what each of them is told then. */
export interface Plan {
  readonly results: readonly SubmissionResult[];
  readonly records: readonly EventRecord[];
}

function resultOf(record: EventRecord): RecordedEvent {
  return { eventId: record.id, deliveryIds: record.deliveries.map(({ id }) => id) };
}

function asKnown(record: EventRecord): KnownEvent {
  return { ...record, ...resultOf(record), writeId: null };
}

/** Turns an accepted event into the records that are written for it: body, ids, one delivery for each match. */
@Injectable()
export class EventPlanner {
  constructor(
    private readonly registry: EndpointRegistry,
    private readonly held: MemoryBudget,
    private readonly lease: InstanceLease,
    private readonly clock: Clock,
  ) {}

  /** Id of the instance that new deliveries are claimed for. */
  get instanceId(): string {
    return this.lease.id;
  }

  /**
   * Adds to `known` what it plans.
   * A submission with a conflict gets it as its result, and none of its events a record.
   */
  planAll(submissions: readonly Submission[], known: KnownEvents): Plan {
    const records: EventRecord[] = [];
    const results = submissions.map(({ events }): SubmissionResult => {
      const own: EventRecord[] = [];
      try {
        const result = events.map((event) => this.resolve(event, known, own));
        for (const record of own) records.push(record);
        return result;
      } catch (error) {
        this.letGo(own);
        own.forEach(({ id, idempotencyKey }) => known.remove({ eventId: id, idempotencyKey }));
        if (error instanceof DomainError) return error;
        throw error;
      }
    });
    return { results, records };
  }

  /** Gives back the memory that planned records had reserved. */
  letGo(records: readonly EventRecord[]): void {
    for (const { id, deliveries } of records) {
      for (const { webhookId, claimedBy } of deliveries) {
        if (claimedBy !== null) this.held.letGo(webhookId, id);
      }
    }
  }

  private resolve(event: NewEvent, known: KnownEvents, own: EventRecord[]): RecordedEvent {
    const repeated = isRepeatable(event) ? known.find(event) : undefined;
    if (repeated) return repeated;
    const record = this.recordOf(event);
    own.push(record);
    if (isRepeatable(event)) known.add(asKnown(record));
    return resultOf(record);
  }

  private recordOf(event: NewEvent): EventRecord {
    const now = this.clock.now();
    const createdAt = toTimestamp(now);
    const timestamp = event.timestamp ?? createdAt;
    const repeatable = isRepeatable(event);
    const body = wireBody({ ...event, timestamp });
    const bytes = Buffer.byteLength(body, 'utf8');
    const id = event.id ?? newId();
    return {
      id,
      type: event.event,
      projectId: event.projectId,
      timestamp,
      body,
      bytes,
      traceparent: event.traceparent ?? null,
      createdAt,
      dueAt: toTimestamp(this.clock.steady()),
      idempotencyKey: storedKey(event),
      fingerprint: repeatable ? fingerprint(event) : null,
      keepUntil: repeatable ? toTimestamp(now + KEEP_MS) : createdAt,
      deliveries: wantedBy(this.registry.match(event.event, event.projectId), event)
        .filter(({ webhookId }) => webhookId !== event.exceptWebhookId)
        .map((endpoint) => this.delivery(endpoint, id, bytes)),
    };
  }

  /** What can be sent and fits in memory is claimed with its creation; the rest waits in the graph. */
  private delivery({ webhookId, locked, generation }: Endpoint, eventId: string, bytes: number): NewDelivery {
    const claimed = !locked && this.held.tryHold(webhookId, eventId, bytes);
    const claimedBy = claimed ? this.lease.id : null;
    return { id: newId(), webhookId, claimedBy, single: false, generation };
  }
}
