import { Injectable, Logger } from '@nestjs/common';
import {
  filter,
  firstValueFrom,
  from,
  groupBy,
  lastValueFrom,
  mergeMap,
  of,
  race,
  ReplaySubject,
  Subject,
  takeUntil,
  tap,
  timer,
  type Observable,
  type Subscription,
} from 'rxjs';
import { CircuitBreakers } from '../breaker/circuit-breakers.js';
import type { EventRecord } from '../events/event.repository.js';
import { EventBody } from '../events/event-body.js';
import { mergeMapInSlots, type Slots } from '../operators/merge-map-in-slots.js';
import { OutcomeRecorder } from '../outcomes/outcome-recorder.js';
import { SubscriptionRegistry } from '../subscriptions/subscription-registry.js';
import { WebhookDeactivator } from '../subscriptions/webhook-deactivator.js';
import { AttemptRunner, type Run } from './attempt-runner.js';
import { DueTimes } from './due-times.js';
import type { HeldDelivery } from './held-delivery.js';
import { HeldWork } from './held-work.js';
import { SlotPool } from './slot-pool.js';
import { StopSignal } from './stop-signal.js';
import { WorkReturns } from './work-returns.js';

/**
 * Works off what is held in memory. One lane for each webhook, each with its own slots, so that an endpoint that
 * hangs delays nobody else; the outcome goes to the recorder, and only its commit frees the memory.
 */
@Injectable()
export class Dispatcher {
  private readonly logger = new Logger(Dispatcher.name);
  private readonly work = new Subject<HeldDelivery>();
  private readonly stop = new StopSignal();
  /** How often a delivery is held: twice for a moment, when it is claimed again before its outcome was answered. */
  private readonly counts = new Map<string, number>();
  private readonly recording = new Set<Promise<void>>();
  private readonly manual = new Set<Promise<unknown>>();
  private subscription: Subscription | undefined;
  private lanesDone: Observable<unknown> = of(undefined);

  constructor(
    private readonly runner: AttemptRunner,
    private readonly slots: SlotPool,
    private readonly heldWork: HeldWork,
    private readonly outcomes: OutcomeRecorder,
    private readonly dueTimes: DueTimes,
    private readonly registry: SubscriptionRegistry,
    private readonly deactivator: WebhookDeactivator,
    private readonly breakers: CircuitBreakers,
    private readonly returns: WorkReturns,
  ) {}

  start(): void {
    const runs = this.work.pipe(
      groupBy((held) => held.webhookId, { duration: (lane) => this.gone(lane.key) }),
      mergeMap((lane) =>
        lane.pipe(mergeMapInSlots(this.slotsOf(lane.key), (held) => this.runner.run(held, this.stop))),
      ),
    );
    this.followWebhooks();
    const finished = new ReplaySubject<void>(1);
    this.lanesDone = finished;
    this.subscription = runs.subscribe({
      next: (run) => void this.finish(run),
      error: (error: unknown) => {
        this.logger.error(`The dispatcher has stopped: ${String(error)}`);
      },
      complete: () => {
        finished.next();
      },
    });
  }

  /** Whether a delivery is held in this memory. */
  holds(deliveryId: string): boolean {
    return this.counts.has(deliveryId);
  }

  /** Goes on with events that were just committed: what was claimed with them is sent, the rest is due in the graph. */
  takeNew(records: readonly EventRecord[]): void {
    for (const { id, type, body: stored, deliveries, dueAt } of records) {
      const body = this.heldWork.keepBody(id, new EventBody(stored));
      for (const { id: deliveryId, webhookId, claimedBy, single } of deliveries) {
        if (claimedBy === null) this.dueTimes.note(webhookId, Date.parse(dueAt));
        else {
          const common = { id: deliveryId, webhookId, claimedBy, single, eventId: id, event: type, body };
          this.enqueue({ ...common, attempts: 0, attemptBase: 0, manual: false });
        }
      }
    }
  }

  /** Takes deliveries that were claimed, and for which `HeldWork` has reserved the memory. */
  enqueue(held: HeldDelivery): void {
    this.hold(held.id);
    this.work.next(held);
  }

  /**
   * Works on one delivery at once, past its lane but not past the throttle. A stop waits for `conclude`, too.
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
    this.work.complete();
    const runsDone = Promise.allSettled([firstValueFrom(this.lanesDone), ...this.manual]);
    await firstValueFrom(race(from(runsDone), timer(deadlineMs)));
    this.subscription?.unsubscribe();
    await Promise.all([this.outcomes.close(), ...this.recording]);
  }

  /** A breaker speaks of one endpoint: it goes with its webhook, and begins anew when that is another or repaired. */
  private followWebhooks(): void {
    this.registry.renewed$
      .pipe(takeUntil(this.stop.requested$))
      .subscribe((webhookId) => this.breakers.reset(webhookId));
    this.registry.changed$.pipe(takeUntil(this.stop.requested$)).subscribe(() => {
      this.breakers.keepOnly((webhookId) => this.registry.get(webhookId) !== undefined);
    });
  }

  private hold(deliveryId: string): void {
    this.counts.set(deliveryId, (this.counts.get(deliveryId) ?? 0) + 1);
  }

  private letGo(deliveryId: string): void {
    const left = (this.counts.get(deliveryId) ?? 1) - 1;
    if (left === 0) this.counts.delete(deliveryId);
    else this.counts.set(deliveryId, left);
  }

  private slotsOf(webhookId: string): Slots<Run> {
    return {
      tryTake: (whenFree) => this.slots.tryTake(webhookId, whenFree),
      giveBack: (run) => {
        this.slots.giveBack(webhookId, run ? run.answered : false);
      },
    };
  }

  /** Ends the lane of a webhook that no longer exists; what it holds is still worked off. */
  private gone(webhookId: string): Observable<unknown> {
    return this.registry.changed$.pipe(
      filter(() => !this.registry.get(webhookId)),
      tap(() => this.slots.forget(webhookId)),
      takeUntil(this.stop.requested$),
    );
  }

  private async runToOutcome(held: HeldDelivery): Promise<boolean> {
    const run = await lastValueFrom(this.runner.run(held, this.stop));
    await this.record(run);
    return run.outcome !== null;
  }

  private async finish(run: Run): Promise<void> {
    const recorded = this.record(run).catch((error: unknown) => {
      this.logger.error(`Outcome of delivery ${run.held.id} was not recorded: ${String(error)}`);
    });
    this.recording.add(recorded);
    await recorded;
    this.recording.delete(recorded);
    this.letGo(run.held.id);
    this.heldWork.letGo(run.held.webhookId, run.held.eventId);
  }

  private async record({ held, outcome, decision, barred }: Run): Promise<void> {
    if (barred) await this.returns.giveBack(held);
    if (!outcome) return;
    await this.outcomes.record(outcome);
    if (outcome.nextAttemptAt !== null)
      this.dueTimes.note(outcome.webhookId, Date.parse(outcome.nextAttemptAt));
    if (decision?.kind === 'gone') await this.deactivator.deactivateGone(outcome.webhookId);
  }
}
