import { Injectable, Optional } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/domain-error.js';
import { within } from '../common/within.js';
import { DeliveryMetrics, NoMetrics } from '../common/metrics/delivery-metrics.js';
import { GroupCommit } from '../neo4j/group-commit/group-commit.js';
import { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import { shuttingDown } from '../delivery/model/delivery.errors.js';
import { EventWriter } from './event-writer.js';
import { IngestPatience } from './ingest-patience.js';
import {
  type NewEvent,
  newSubmission,
  type RecordedEvent,
  type Submission,
  type SubmissionResult,
} from './new-event.js';
import type { Tracing } from '../common/tracing/tracing.js';

/** When the service stops, what still waits is written for so long; what waits then is refused, and not written. */
const MAX_DRAIN_MS = 10_000;
/** Submissions and rows (events and deliveries) in one transaction at most. */
const MAX_SUBMISSIONS = 1000;
const MAX_ROWS = 2000;
/**
 * Deliveries of the events of one caller, which are written all together or not at all. Neo4j needs 7 KiB for each until
 * the commit, and with a heap of 512 MiB allows 346 MiB for all transactions: 50,000 were too many.
 */
const MAX_DELIVERIES = 20_000;
/** A row for each this many bytes of data, so that large bodies make small transactions. */
const BYTES_PER_ROW = 8192;

/**
 * The way in: makes events durable. What arrives while a transaction runs goes into the next one, together;
 * each caller waits for its own commit, and that is all the backpressure there is.
 */
@Injectable()
export class EventRecorder {
  private readonly commits: GroupCommit<Submission, SubmissionResult>;
  private closing = false;

  constructor(
    private readonly registry: EndpointRegistry,
    private readonly clock: Clock,
    private readonly patience: IngestPatience,
    writer: EventWriter,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {
    this.commits = new GroupCommit((batch) => writer.write(batch), {
      maxBatch: MAX_SUBMISSIONS,
      weigh: (submission) => this.rows(submission),
      maxWeight: MAX_ROWS,
      observe: (size, seconds) => {
        metrics.committed('events', size, seconds);
      },
    });
  }

  /**
   * Records events with their deliveries, all or nothing.
   * @returns one result for each event, in order, once they are committed
   * @throws DomainError `idempotency_conflict`; `graph_unavailable` when Neo4j stayed away for the ingest timeout;
   *   `shutting_down`, before anything is written
   */
  async record(events: readonly NewEvent[]): Promise<readonly RecordedEvent[]> {
    if (this.closing) throw shuttingDown();
    if (events.length > 1) this.assertWritable(events);
    const submission = newSubmission(events, this.clock.monotonic());
    const result = await this.patience.wait(submission, this.commits.submit(submission));
    if (result instanceof Error) throw result;
    this.metrics.eventsAccepted(result.length);
    return result;
  }

  /** Refuses what comes from now on; resolves when everything that was submitted is committed or refused. */
  async close(): Promise<void> {
    this.closing = true;
    await this.drained();
    this.patience.refuseWaiting(shuttingDown());
    await this.drained();
  }

  private async drained(): Promise<void> {
    await within(MAX_DRAIN_MS, this.commits.drain()).catch(() => undefined);
  }

  /** All or nothing means one transaction, and a transaction has to fit into the memory of Neo4j. */
  private assertWritable(events: readonly NewEvent[]): void {
    let deliveries = 0;
    for (const { event, projectId } of events) deliveries += this.registry.match(event, projectId).length;
    if (deliveries <= MAX_DELIVERIES) return;
    const msg =
      `would make ${deliveries} deliveries at once, and at most ${MAX_DELIVERIES} can be written together; ` +
      'send fewer events in one batch';
    const loc = events[0]?.place?.[0] === 'body' ? ['body', 'events'] : ['events'];
    throw new DomainError('unprocessable', 'too_many_deliveries', `events ${msg}`, [
      { loc, msg, type: 'too_many_deliveries' },
    ]);
  }

  private rows({ events }: Submission): number {
    let rows = 0;
    for (const { event, projectId, dataJson } of events) {
      rows += 1 + this.registry.match(event, projectId).length + Math.floor(dataJson.length / BYTES_PER_ROW);
    }
    return rows;
  }
}

/** Of an error: its message may quote what was sent. */
const nameOf = (error: unknown): string => (error instanceof DomainError ? error.code : 'error');

/** Has events recorded as pieces of work; what lies in the graph is the place in the trace that deliveries follow from. */
export async function publishTraced(
  events: readonly NewEvent[],
  recorder: EventRecorder,
  tracing: Tracing,
): Promise<readonly RecordedEvent[]> {
  const works = events.map(({ event, traceparent = null }) => tracing.publish(event, traceparent));
  if (!works.some(({ isTraced }) => isTraced)) return recorder.record(events);
  const placed = events.map((event, i) => ({ ...event, traceparent: works[i]?.traceparent ?? null }));
  try {
    const recorded = await recorder.record(placed);
    recorded.forEach(({ eventId, deliveryIds }, i) => {
      works[i]?.end({ 'basset.event_id': eventId, 'basset.deliveries': deliveryIds.length });
    });
    return recorded;
  } catch (error) {
    for (const work of works) work.end({ error: nameOf(error) });
    throw error;
  }
}
