import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { ConstraintViolationError, GraphUnavailableError } from '../../neo4j/graph-errors.js';
import { ClaimsUnderWay } from '../dispatch/claims-under-way.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { SubscriptionRegistry } from '../subscriptions/subscription-registry.js';
import { EventPlanner, type Submission, type SubmissionResult } from './event-planner.js';
import { EventRepository, type EventRecord } from './event.repository.js';
import { storedKey } from './fingerprint.js';
import { isRepeatable, KnownEvents } from './known-events.js';

/** Before a write that found changes twice is tried again. */
const STALE_PAUSE_MS = 20;

/** What a transaction wrote, if it was committed. */
interface Doubt {
  readonly submissions: readonly Submission[];
  readonly results: readonly SubmissionResult[];
  readonly records: readonly EventRecord[];
}

/**
 * Writes a batch of submissions in one transaction, and again when the webhooks or the keys turn out to have changed.
 * A caller's patience ends while Neo4j is away, and only then: a long queue in front of it is backpressure, no reason
 * to refuse anything.
 */
@Injectable()
export class EventWriter {
  /** Whether the last thing that was heard of Neo4j is that it does not answer. */
  private away = false;
  /** The last transaction, while it is not known whether it was committed. */
  private doubt: Doubt | undefined;
  /** Writes of this batch that found the webhooks changed. */
  private stale = 0;

  constructor(
    private readonly repository: EventRepository,
    private readonly planner: EventPlanner,
    private readonly registry: SubscriptionRegistry,
    private readonly dispatcher: Dispatcher,
    private readonly underWay: ClaimsUnderWay,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** One result for each submission; one that conflicts or has waited too long does not hold up the others. */
  async write(batch: readonly Submission[]): Promise<SubmissionResult[]> {
    const results = new Map<Submission, SubmissionResult>();
    this.doubt = undefined;
    this.stale = 0;
    let waiting = batch;
    while (waiting.length > 0) {
      const open = waiting.filter((submission) => !this.expired(submission, results));
      if (open.length > 0) await this.attempt(open, results);
      waiting = open.filter((submission) => !results.has(submission));
    }
    return batch.map((submission) => results.get(submission) ?? new GraphUnavailableError());
  }

  private expired(submission: Submission, results: Map<Submission, SubmissionResult>): boolean {
    if (!this.away || this.clock.monotonic() < submission.deadline) return false;
    results.set(submission, new GraphUnavailableError());
    return true;
  }

  /** Leaves without results what has to be tried again. */
  private async attempt(
    open: readonly Submission[],
    results: Map<Submission, SubmissionResult>,
  ): Promise<void> {
    try {
      const plan = await this.underWay.during(() => this.tryWrite(open, this.patience(open)));
      this.away = false;
      plan?.forEach((result, i) => results.set(open[i] as Submission, result));
    } catch (error) {
      this.away = error instanceof GraphUnavailableError;
      if (this.away || error instanceof ConstraintViolationError) return;
      throw error;
    } finally {
      if (!this.away) this.doubt = undefined;
    }
  }

  /** How long an absent Neo4j is waited for now, ms: until the first caller's deadline, if it has been away before. */
  private patience(open: readonly Submission[]): number {
    if (!this.away) return this.options.ingestTimeoutSeconds * 1000;
    return Math.max(1, Math.min(...open.map(({ deadline }) => deadline)) - this.clock.monotonic());
  }

  /** The results; undefined when the webhooks had changed and all has to be matched anew. */
  private async tryWrite(
    open: readonly Submission[],
    patience: number,
  ): Promise<readonly SubmissionResult[] | undefined> {
    const earlier = await this.writtenBefore(open, patience);
    if (earlier) return earlier;
    const known = await this.findKnown(open, patience);
    // Read after the whole batch had come: those who change webhooks all the time starve nobody.
    const version = this.stale > 0 ? null : this.registry.version;
    const { results, records } = this.planner.planAll(open, known);
    if (records.length === 0) return results;
    this.doubt = { submissions: open, results, records };
    if (await this.append(records, version, patience)) {
      this.dispatcher.takeNew(records);
      return results;
    }
    this.planner.letGo(records);
    await this.catchUp();
    return undefined;
  }

  /** Once is a change of the webhooks; again, a webhook was just deleted, or the next heartbeat brings a new lease. */
  private async catchUp(): Promise<void> {
    if (this.stale > 0) await pause(STALE_PAUSE_MS);
    this.stale += 1;
    await this.registry.refresh();
  }

  /** What was committed before Neo4j fell silent keeps its ids: it is not written a second time under others. */
  private async writtenBefore(
    open: readonly Submission[],
    patience: number,
  ): Promise<readonly SubmissionResult[] | undefined> {
    const { doubt } = this;
    if (!doubt || !(await this.isCommitted(doubt.records, patience))) return undefined;
    return doubt.results.filter((_, i) => open.includes(doubt.submissions[i] as Submission));
  }

  private async append(
    records: readonly EventRecord[],
    version: number | null,
    patience: number,
  ): Promise<boolean> {
    try {
      const { kind } = await this.repository.append(records, version, this.planner.instanceId, patience);
      // The webhooks may also have changed between a commit whose answer was lost and its repetition.
      return kind === 'appended' || (await this.isCommitted(records, patience));
    } catch (error) {
      if (error instanceof ConstraintViolationError && (await this.isCommitted(records, patience)))
        return true;
      this.planner.letGo(records);
      throw error;
    }
  }

  /** A commit whose answer was lost shows itself when it is repeated: our own first record is there already. */
  private async isCommitted([first]: readonly EventRecord[], patience: number): Promise<boolean> {
    if (!first) return false;
    const [found] = await this.repository.findKnown([first.id], [], patience);
    if (!found) return false;
    return first.fingerprint === null || found.deliveryIds[0] === first.deliveries[0]?.id;
  }

  private async findKnown(open: readonly Submission[], patience: number): Promise<KnownEvents> {
    const repeatable = open.flatMap(({ events }) => events).filter(isRepeatable);
    if (repeatable.length === 0) return new KnownEvents();
    const ids = repeatable.flatMap(({ id }) => id ?? []);
    const keys = repeatable.flatMap((event) => storedKey(event) ?? []);
    return new KnownEvents(await this.repository.findKnown(ids, keys, patience));
  }
}
