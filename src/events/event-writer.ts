import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { newId } from '../common/new-id.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { ConstraintViolationError, GraphUnavailableError, isRefused } from '../neo4j/graph-errors.js';
import { Dispatcher } from '../delivery/lanes/dispatcher.js';
import { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import { EventPlanner } from './event-planner.js';
import type { EventRecord } from '../delivery/model/event-record.js';
import { EventRepository } from './event.neo4j.repository.js';
import { storedKey } from './fingerprint.js';
import { isRepeatable, KnownEvents } from './known-events.js';
import type { Submission, SubmissionResult } from './new-event.js';
import { asError, keepResults } from './submission-results.js';

/** One call of the graph is given so long by itself; then those whose callers wait are tried anew. */
const PATIENCE_MS = 1000;
/** The graph is asked whether it is there before anything is sent to it when nothing was heard for so long. */
const SILENCE_MS = 2500;
/** Ids and keys turn out to be taken so often in a row at most; more is no coincidence. */
const MAX_VIOLATIONS = 5;

/** Before a write that found changes twice is tried again. */
const STALE_PAUSE_MS = 20;

/** What a transaction wrote, if it was committed. */
interface UnconfirmedCommit {
  readonly writeId: string;
  readonly submissions: readonly Submission[];
  readonly results: readonly SubmissionResult[];
  readonly records: readonly EventRecord[];
}

/** What went wrong with a group so far. */
interface Troubles {
  violations: number;
  /** When Neo4j began to fail this group, monotonic ms. */
  since: number | undefined;
}

/**
 * Writes a batch of submissions in one transaction, and again for as long as their callers wait: when the webhooks or the
 * keys turn out to have changed, or Neo4j is away. What Neo4j refuses is written one by one, so that the guilty one
 * fails and no other.
 */
@Injectable()
export class EventWriter {
  /** The last transaction, while it is not known whether it was committed. */
  private doubt: UnconfirmedCommit | undefined;
  /** Whether the last thing that was heard of Neo4j is that it does not answer. */
  private away = false;
  /** Writes of this batch that found the webhooks changed. */
  private stale = 0;
  /** Whether the counter was mended for this batch. */
  private isMended = false;

  constructor(
    private readonly repository: EventRepository,
    private readonly planner: EventPlanner,
    private readonly registry: EndpointRegistry,
    private readonly dispatcher: Dispatcher,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** One result for each submission; one that cannot be written does not hold up the others. */
  async write(batch: readonly Submission[]): Promise<SubmissionResult[]> {
    const results = new Map<Submission, SubmissionResult>();
    this.doubt = undefined;
    this.stale = 0;
    this.isMended = false;
    await this.settle(batch, results);
    return batch.map((submission) => results.get(submission) ?? new GraphUnavailableError());
  }

  /** Until each has a result, or a caller that no longer waits. */
  private async settle(
    group: readonly Submission[],
    results: Map<Submission, SubmissionResult>,
  ): Promise<void> {
    const troubles: Troubles = { violations: 0, since: undefined };
    for (;;) {
      const open = group.filter((submission) => !submission.isWithdrawn && !results.has(submission));
      if (open.length === 0) return;
      try {
        await this.attempt(open, results);
      } catch (error) {
        if (this.isWorthAnother(error, troubles) || !(await this.isResolved(open, results))) continue;
        await this.isolate(open, results, error);
        return;
      }
    }
  }

  /** Leaves without results what has to be tried again. */
  private async attempt(
    open: readonly Submission[],
    results: Map<Submission, SubmissionResult>,
  ): Promise<void> {
    try {
      const written = await this.dispatcher.claims.during(() => this.tryWrite(open));
      this.away = false;
      if (written) keepResults(open, written, results);
    } catch (error) {
      this.away = error instanceof GraphUnavailableError;
      throw error;
    } finally {
      if (!this.away) this.forgetDoubt(open);
    }
  }

  /** A Neo4j that works for others and not for this group, for as long as one waits for an absent one, refuses it. */
  private isWorthAnother(error: unknown, troubles: Troubles): boolean {
    if (error instanceof ConstraintViolationError) return ++troubles.violations < MAX_VIOLATIONS;
    if (!(error instanceof GraphUnavailableError)) return false;
    troubles.since ??= this.clock.monotonic();
    const patienceMs = this.options.ingestTimeoutSeconds * 1000;
    if (this.clock.monotonic() - troubles.since < patienceMs) return true;
    return this.repository.silentMs() >= patienceMs;
  }

  /** Whether it is known what became of the last transaction; those that it wrote have their results then. */
  private async isResolved(
    open: readonly Submission[],
    results: Map<Submission, SubmissionResult>,
  ): Promise<boolean> {
    try {
      const earlier = await this.writtenBefore(open);
      if (earlier) keepResults(open, earlier, results);
      return true;
    } catch {
      return false;
    }
  }

  private async isolate(
    group: readonly Submission[],
    results: Map<Submission, SubmissionResult>,
    error: unknown,
  ): Promise<void> {
    const open = group.filter((submission) => !results.has(submission));
    const [first] = open;
    if (first && open.length === 1) await this.fail(first, results, error);
    else for (const submission of open) await this.settle([submission], results);
  }

  /** What somebody has spoiled of our counter would refuse everybody: it is mended, once for each batch. */
  private async fail(
    submission: Submission,
    results: Map<Submission, SubmissionResult>,
    error: unknown,
  ): Promise<void> {
    if (!isRefused(error) || this.isMended) {
      results.set(submission, asError(error));
      return;
    }
    this.isMended = true;
    await this.repository.mendCounter(this.planner.instanceId).catch(() => undefined);
    await this.settle([submission], results);
  }

  /** The results; undefined when the webhooks had changed and all has to be matched anew. */
  private async tryWrite(open: readonly Submission[]): Promise<readonly SubmissionResult[] | undefined> {
    const earlier = await this.writtenBefore(open);
    if (earlier) return earlier;
    const known = await this.findKnown(open);
    // Read after the whole batch had come: those who change webhooks all the time starve nobody.
    const version = this.stale > 0 ? null : this.registry.version;
    const { results, records } = this.planner.planAll(open, known);
    if (records.length === 0) return results;
    const doubt: UnconfirmedCommit = { writeId: newId(), submissions: open, results, records };
    if (await this.append(doubt, version)) {
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
    // The webhooks were read after the events had come, and one of them is not there all the same.
    await (this.stale > 1 ? this.registry.reread() : this.registry.refresh());
  }

  /**
   * What was committed before Neo4j fell silent keeps its ids: it is not written a second time under others. And what is
   * sent to a Neo4j that is away would be in doubt for nothing.
   */
  private async writtenBefore(open: readonly Submission[]): Promise<readonly SubmissionResult[] | undefined> {
    const { doubt } = this;
    if (doubt && (await this.isCommitted(doubt)))
      return doubt.results.filter((_, i) => open.some((one) => one === doubt.submissions[i]));
    if (doubt) this.forgetDoubt(doubt.submissions);
    else if (this.away || this.repository.silentMs() > SILENCE_MS)
      await this.repository.findKnown([], [], PATIENCE_MS);
    return undefined;
  }

  private async append(doubt: UnconfirmedCommit, registryVersion: number | null): Promise<boolean> {
    this.beInDoubt(doubt);
    try {
      const { instanceId } = this.planner;
      const options = { writeId: doubt.writeId, registryVersion, instanceId, patienceMs: PATIENCE_MS };
      const { kind } = await this.repository.append(doubt.records, options);
      // The webhooks may also have changed between a commit whose answer was lost and its repetition.
      return kind === 'appended' || (await this.isCommitted(doubt));
    } catch (error) {
      if (error instanceof ConstraintViolationError && (await this.isCommitted(doubt))) return true;
      this.planner.letGo(doubt.records);
      throw error;
    }
  }

  /** A commit whose answer was lost shows itself: our own first record is there. */
  private async isCommitted({ writeId, records: [first] }: UnconfirmedCommit): Promise<boolean> {
    if (!first) return false;
    const [found] = await this.repository.findKnown([first.id], [], PATIENCE_MS);
    return found !== undefined && (first.fingerprint === null || found.writeId === writeId);
  }

  private beInDoubt(doubt: UnconfirmedCommit): void {
    this.doubt = doubt;
    for (const submission of doubt.submissions) submission.isInDoubt = true;
  }

  private forgetDoubt(submissions: readonly Submission[]): void {
    this.doubt = undefined;
    for (const submission of submissions) submission.isInDoubt = false;
  }

  private async findKnown(open: readonly Submission[]): Promise<KnownEvents> {
    const repeatable = open.flatMap(({ events }) => events).filter(isRepeatable);
    if (repeatable.length === 0) return new KnownEvents();
    const ids = repeatable.flatMap(({ id }) => id ?? []);
    const keys = repeatable.flatMap((event) => storedKey(event) ?? []);
    return new KnownEvents(await this.repository.findKnown(ids, keys, PATIENCE_MS));
  }
}
