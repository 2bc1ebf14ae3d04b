import { Inject, Injectable, Optional } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import { within } from '../../common/within.js';
import { DeliveryMetrics, NoMetrics } from '../../common/metrics/delivery-metrics.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { GraphUnavailableError } from '../../neo4j/graph-errors.js';
import { GroupCommit } from '../../neo4j/group-commit/group-commit.js';
import { SubscriptionRegistry } from '../subscriptions/subscription-registry.js';
import { shuttingDown } from '../delivery.errors.js';
import type { Submission, SubmissionResult } from './event-planner.js';
import { EventWriter } from './event-writer.js';
import type { NewEvent, RecordedEvent } from './new-event.js';

/** Beyond the ingest timeout, ms: the writer has its own answer at that time, which says more. */
const GRACE_MS = 500;
/** Submissions and rows (events and deliveries) in one transaction at most. */
const MAX_SUBMISSIONS = 1000;
const MAX_ROWS = 2000;
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
    private readonly registry: SubscriptionRegistry,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
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
    const deadline = this.clock.monotonic() + this.options.ingestTimeoutSeconds * 1000;
    const result = await this.answerInTime(this.commits.submit({ events, deadline }));
    if (result instanceof DomainError) throw result;
    this.metrics.eventsAccepted(result.length);
    return result;
  }

  /** Refuses what comes from now on; resolves when everything that was submitted is committed or refused. */
  async close(): Promise<void> {
    this.closing = true;
    await this.commits.drain();
  }

  /** A Neo4j that keeps its connections and says nothing would be waited for as long as they last. */
  private async answerInTime(commit: Promise<SubmissionResult>): Promise<SubmissionResult> {
    const patienceMs = this.options.ingestTimeoutSeconds * 1000 + GRACE_MS;
    return within(patienceMs, commit, () => new GraphUnavailableError());
  }

  private rows({ events }: Submission): number {
    let rows = 0;
    for (const { event, projectId, dataJson } of events) {
      rows += 1 + this.registry.match(event, projectId).length + Math.floor(dataJson.length / BYTES_PER_ROW);
    }
    return rows;
  }
}
