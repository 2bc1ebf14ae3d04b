import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  filter,
  firstValueFrom,
  from,
  type Observable,
  race,
  type SchedulerLike,
  startWith,
  Subject,
  takeUntil,
  timer,
} from 'rxjs';
import { tellUnlessAway } from '../../neo4j/graph-errors.js';
import { EventBody, type EventRecord } from '../model/event-record.js';
import { InstanceLease } from '../queue/instance-lease.js';
import { GivenUpLog } from '../outcomes/given-up-log.js';
import type { Outcome } from '../outcomes/outcome.js';
import { OutcomeRecorder } from '../outcomes/outcome-recorder.js';
import { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import { WebhookDeactivator } from '../endpoints/webhook-deactivator.js';
import { DestinationThrottle, SCHEDULER } from './destination-throttle.js';
import { Paces } from './paces.js';
import { AttemptRunner, type Run } from './attempt-runner.js';
import { DueIndex } from '../queue/due-index.js';
import type { HeldDelivery } from '../model/queued-delivery.js';
import { MemoryBudget } from './memory-budget.js';
import { LaneQueue, type Surroundings } from './lane-queue.js';
import { Lanes } from './lanes.js';
import { SlotPool } from './slot-pool.js';
import { StopSignal } from './stop-signal.js';
import { ClaimRelease } from '../queue/claim-release.js';

/** What an attempt, or the lack of one, made of a delivery. */
export interface Conclusion {
  readonly held: HeldDelivery;
  readonly outcome: Outcome;
}

/**
 * Works off what is held in memory. One queue for each webhook, so that an endpoint that hangs delays nobody else; the
 * outcome goes to the recorder, and only its commit frees the memory.
 */
@Injectable()
export class Dispatcher {
  private readonly logger = new Logger(Dispatcher.name);
  private readonly queues = new Map<string, LaneQueue>();
  private readonly stop = new StopSignal();
  /** How often a delivery is held: twice for a moment, when it is claimed again before its outcome was answered. */
  private readonly counts = new Map<string, number>();
  private readonly recording = new Set<Promise<void>>();
  private readonly manual = new Set<Promise<unknown>>();
  private readonly endings = new Subject<void>();
  private readonly around: Surroundings;
  private readonly acceptances = new Subject<readonly EventRecord[]>();
  private readonly conclusions = new Subject<Conclusion>();

  constructor(
    runner: AttemptRunner,
    throttle: DestinationThrottle,
    paces: Paces,
    @Inject(SCHEDULER) scheduler: SchedulerLike,
    private readonly slots: SlotPool,
    private readonly heldWork: MemoryBudget,
    private readonly outcomes: OutcomeRecorder,
    private readonly dueTimes: DueIndex,
    private readonly registry: EndpointRegistry,
    private readonly deactivator: WebhookDeactivator,
    private readonly lanes: Lanes,
    private readonly returns: ClaimRelease,
    private readonly lease: InstanceLease,
    private readonly givenUp: GivenUpLog,
  ) {
    this.around = { runner, slots, throttle, paces, scheduler, lease };
  }

  /** Lanes follow their webhooks, and go on after a time without a lease. */
  start(): void {
    const untilStop = takeUntil<unknown>(this.stop.requested$);
    this.registry.changed$.pipe(untilStop).subscribe(() => this.forgetGone());
    this.lease.renewed$.pipe(untilStop).subscribe(() => {
      for (const queue of this.queues.values()) queue.advance();
    });
  }

  /** Emits events that are on disk. Listening costs the engine something, not listening nothing. */
  get accepted$(): Observable<readonly EventRecord[]> {
    return this.acceptances.asObservable();
  }

  /** Emits how deliveries were left by their attempts, once it is on disk. As for `accepted$`. */
  get concluded$(): Observable<Conclusion> {
    return this.conclusions.asObservable();
  }

  /** Whether a delivery is held in this memory. */
  holds(deliveryId: string): boolean {
    return this.counts.has(deliveryId);
  }

  /** Goes on with events that were just committed: what was claimed with them is sent, the rest is due in the graph. */
  takeNew(records: readonly EventRecord[]): void {
    this.lease.noteWork(records.length);
    if (this.acceptances.observed) this.acceptances.next(records);
    for (const { id, type, body: stored, traceparent, deliveries, dueAt, projectId, createdAt } of records) {
      const body = this.heldWork.keepBody(id, new EventBody(stored, traceparent));
      for (const { id: deliveryId, webhookId, claimedBy, single, generation } of deliveries) {
        if (claimedBy === null) this.dueTimes.note(webhookId, Date.parse(dueAt));
        else {
          const own = { id: deliveryId, webhookId, claimedBy, single, generation };
          const common = { ...own, eventId: id, event: type, projectId, createdAt, body, dueAt };
          this.enqueue({ ...common, attempts: 0, attemptBase: 0, manual: false });
        }
      }
    }
  }

  /** Takes deliveries that were claimed, and for which `MemoryBudget` has reserved the memory. */
  enqueue(held: HeldDelivery): void {
    this.hold(held.id);
    this.queue(held.webhookId).add({ held, ended: this.finish });
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

  /** Starts nothing new, lets what is in flight end within `deadlineMs`, and writes all outcomes. */
  async close(deadlineMs: number): Promise<void> {
    this.heldWork.close();
    this.stop.request();
    for (const queue of this.queues.values()) queue.close();
    await firstValueFrom(race(from(this.drained()), timer(deadlineMs)));
    await this.around.runner.interrupt();
    for (const queue of this.queues.values()) queue.abort();
    await Promise.all([this.outcomes.close(), ...this.recording]);
  }

  /** Resolves when nothing is in flight and everybody who asked for an attempt has the answer. */
  private async drained(): Promise<void> {
    const idle = () => this.slots.inFlight === 0;
    await firstValueFrom(this.endings.pipe(startWith(undefined), filter(idle)));
    await Promise.allSettled(this.manual);
  }

  private queue(webhookId: string): LaneQueue {
    let queue = this.queues.get(webhookId);
    if (!queue) {
      queue = new LaneQueue(this.lanes.lane(webhookId), this.around);
      if (this.stop.isRequested) queue.close();
      this.queues.set(webhookId, queue);
    }
    return queue;
  }

  /** Forgets the lanes of webhooks that no longer exist, once they have worked off what they hold. */
  private forgetGone(): void {
    for (const [webhookId, queue] of this.queues) {
      if (this.registry.get(webhookId)) continue;
      queue.advance();
      if (queue.isIdle) this.queues.delete(webhookId);
    }
    this.lanes.keepOnly((webhookId) => this.registry.get(webhookId) !== undefined);
    this.givenUp.keepOnly((webhookId) => this.registry.get(webhookId) !== undefined);
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
      this.queue(held.webhookId).add({ held, ended });
    });
    this.endings.next();
    await this.record(run);
    return run.outcome !== null;
  }

  private readonly finish = (run: Run): void => {
    const recorded = this.record(run)
      .catch((error: unknown) => {
        tellUnlessAway(this.logger, `Outcome of delivery ${run.held.id} was not recorded`, error, 'error');
      })
      .then(() => {
        this.recording.delete(recorded);
        this.letGo(run.held.id);
        this.heldWork.letGo(run.held.webhookId, run.held.eventId);
      });
    this.recording.add(recorded);
    this.endings.next();
  };

  private async record({ held, outcome, decision, deferred }: Run): Promise<void> {
    if (deferred) await this.returns.giveBack(held);
    if (!outcome) return;
    await this.outcomes.record(outcome);
    this.givenUp.tell(held, outcome);
    this.lease.noteWork(1);
    if (this.conclusions.observed) this.conclusions.next({ held, outcome });
    if (outcome.nextAttemptAt !== null)
      this.dueTimes.note(outcome.webhookId, Date.parse(outcome.nextAttemptAt));
    if (decision?.kind === 'gone')
      await this.deactivator.deactivateGone(outcome.webhookId, outcome.errorMessage);
  }
}
