import { Injectable, Logger } from '@nestjs/common';
import {
  filter,
  firstValueFrom,
  from,
  type Observable,
  race,
  startWith,
  Subject,
  Subscription,
  timer,
} from 'rxjs';
import { tellUnlessAway } from '../../neo4j/graph-errors.js';
import { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import { EventBody, type EventRecord, type NewDelivery } from '../model/event-record.js';
import type { HeldDelivery } from '../model/queued-delivery.js';
import { ClaimsUnderWay } from '../queue/claim-release.js';
import { DueIndex } from '../queue/due-index.js';
import { InstanceLease } from '../queue/instance-lease.js';
import type { Run } from './attempt-runner.js';
import { Conclusions, type Conclusion } from './conclusions.js';
import { LaneQueues } from './lane-queues.js';
import { MemoryBudget } from './memory-budget.js';

/** What is held of a new delivery. One literal, for this runs for each of them. */
function untried(
  { id: eventId, type: event, projectId, createdAt, dueAt }: EventRecord,
  { id, webhookId, single, generation }: NewDelivery,
  claimedBy: string,
  body: EventBody,
): HeldDelivery {
  return {
    id,
    webhookId,
    claimedBy,
    eventId,
    event,
    projectId,
    createdAt,
    body,
    dueAt,
    attempts: 0,
    attemptBase: 0,
    generation,
    single,
    manual: false,
  };
}

/** Works off what is held in memory, lane by lane; only the commit of its outcome frees the memory of a delivery. */
@Injectable()
export class Dispatcher {
  /** Whoever claims deliveries and hands them over here does it within this. */
  readonly claims = new ClaimsUnderWay();
  private readonly logger = new Logger(Dispatcher.name);
  private readonly followed = new Subscription();
  /** How often a delivery is held: twice for a moment, when it is claimed again before its outcome was answered. */
  private readonly counts = new Map<string, number>();
  /** Of how many runs the conclusion is not done yet. */
  private recording = 0;
  private readonly recorded = new Subject<void>();
  private readonly manual = new Set<Promise<unknown>>();
  private readonly endings = new Subject<void>();
  private readonly acceptances = new Subject<readonly EventRecord[]>();

  constructor(
    private readonly queues: LaneQueues,
    private readonly heldWork: MemoryBudget,
    private readonly conclusions: Conclusions,
    private readonly dueTimes: DueIndex,
    private readonly registry: EndpointRegistry,
    private readonly lease: InstanceLease,
  ) {}

  /** Lanes follow their webhooks, and go on after a time without a lease. */
  start(): void {
    this.followed.add(this.registry.changed$.subscribe(() => this.forgetGone()));
    this.followed.add(this.lease.renewed$.subscribe(() => this.queues.advance()));
  }

  /** Emits events that are on disk. Listening costs the engine something, not listening nothing. */
  get accepted$(): Observable<readonly EventRecord[]> {
    return this.acceptances.asObservable();
  }

  /** Emits how deliveries were left by their attempts, once it is on disk. As for `accepted$`. */
  get concluded$(): Observable<Conclusion> {
    return this.conclusions.committed$;
  }

  /** Whether a delivery is held in this memory. */
  holds(deliveryId: string): boolean {
    return this.counts.has(deliveryId);
  }

  /** Goes on with events that were just committed: what was claimed with them is sent, the rest is due in the graph. */
  takeNew(records: readonly EventRecord[]): void {
    this.lease.noteWork(records.length);
    if (this.acceptances.observed) this.acceptances.next(records);
    for (const record of records) {
      const body = this.heldWork.keepBody(record.id, new EventBody(record.body, record.traceparent));
      for (const delivery of record.deliveries) {
        const { claimedBy, webhookId } = delivery;
        if (claimedBy === null) this.dueTimes.note(webhookId, Date.parse(record.dueAt));
        else this.enqueue(untried(record, delivery, claimedBy, body));
      }
    }
  }

  /** Takes deliveries that were claimed, and for which `MemoryBudget` has reserved the memory. */
  enqueue(held: HeldDelivery): void {
    this.hold(held.id);
    this.queues.add({ held, ended: this.finish });
  }

  /**
   * Works on one delivery before all others of its lane: past pause and breaker, but not past the throttle or the
   * limits of what is in flight. A stop waits for `conclude`, too.
   *
   * @param conclude called when the outcome is committed; with false when the delivery was not worked on, because the
   *   service stops or the claim is lost
   */
  async runNow<T>(held: HeldDelivery, conclude: (worked: boolean) => Promise<T>): Promise<T> {
    this.hold(held.id);
    const run = this.runToOutcome(held).then(conclude);
    this.manual.add(run);
    try {
      return await run;
    } finally {
      this.manual.delete(run);
      this.letGo(held.id);
    }
  }

  /** What comes from now on waits in the graph, for others. */
  holdNothingNew(): void {
    this.heldWork.close();
  }

  /** Starts nothing new, lets what is in flight end within `deadlineMs`, and writes all outcomes. */
  async close(deadlineMs: number): Promise<void> {
    this.holdNothingNew();
    this.followed.unsubscribe();
    this.queues.close();
    await firstValueFrom(race(from(this.drained()), timer(deadlineMs)));
    await this.queues.abort();
    await this.conclusions.close();
    await firstValueFrom(
      this.recorded.pipe(
        startWith(undefined),
        filter(() => this.recording === 0),
      ),
    );
  }

  /** Resolves when nothing is in flight and everybody who asked for an attempt has the answer. */
  private async drained(): Promise<void> {
    const idle = () => this.queues.isIdle;
    await firstValueFrom(this.endings.pipe(startWith(undefined), filter(idle)));
    await Promise.allSettled(this.manual);
  }

  private forgetGone(): void {
    const exists = (webhookId: string): boolean => this.registry.get(webhookId) !== undefined;
    this.queues.keepOnly(exists);
    this.conclusions.keepOnly(exists);
  }

  private hold(deliveryId: string): void {
    this.counts.set(deliveryId, (this.counts.get(deliveryId) ?? 0) + 1);
  }

  private letGo(deliveryId: string): void {
    const left = (this.counts.get(deliveryId) ?? 1) - 1;
    if (left === 0) this.counts.delete(deliveryId);
    else this.counts.set(deliveryId, left);
  }

  private async runToOutcome(held: HeldDelivery): Promise<boolean> {
    const run = await new Promise<Run>((ended) => {
      this.queues.add({ held, ended });
    });
    this.endings.next();
    await this.conclusions.conclude(run);
    return run.outcome !== null;
  }

  private readonly finish = (run: Run): void => {
    this.recording += 1;
    void this.record(run);
    this.endings.next();
  };

  /** Never rejects. */
  private async record(run: Run): Promise<void> {
    const { id, webhookId, eventId } = run.held;
    try {
      await this.conclusions.conclude(run);
    } catch (error) {
      tellUnlessAway(this.logger, `Outcome of delivery ${id} was not recorded`, error, 'error');
    }
    this.letGo(id);
    this.heldWork.letGo(webhookId, eventId);
    this.recording -= 1;
    this.recorded.next();
  }
}
