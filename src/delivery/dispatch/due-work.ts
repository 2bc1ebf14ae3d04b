import { Inject, Injectable, Logger } from '@nestjs/common';
import { filter, merge, type SchedulerLike, type Subscription } from 'rxjs';
import { Clock, toTimestamp } from '../../common/clock.js';
import { CircuitBreakers } from '../breaker/circuit-breakers.js';
import { InstanceLease } from '../instances/instance-lease.js';
import { repeatWhenDue } from '../operators/repeat-when-due.js';
import { SubscriptionRegistry } from '../subscriptions/subscription-registry.js';
import { SCHEDULER } from '../throttle/destination-throttle.js';
import { ClaimsUnderWay } from './claims-under-way.js';
import { Dispatcher } from './dispatcher.js';
import { DueTimes } from './due-times.js';
import type { HeldDelivery } from './held-delivery.js';
import { HeldWork } from './held-work.js';
import { WorkRepository, type Demand } from './work.repository.js';

/** Every webhook is looked at this often, for work that other instances left in the graph. */
const PROBE_MS = 5000;
/** Deliveries claimed in one transaction. */
const MAX_CLAIM = 2000;

/** Brings due work from the graph into memory, as much as there is room for: retries, overflow, what a crash left. */
@Injectable()
export class DueWork {
  private readonly logger = new Logger(DueWork.name);
  private probedAt = Number.NEGATIVE_INFINITY;
  private subscription: Subscription | undefined;
  private rounds: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly repository: WorkRepository,
    private readonly dispatcher: Dispatcher,
    private readonly dueTimes: DueTimes,
    private readonly held: HeldWork,
    private readonly underWay: ClaimsUnderWay,
    private readonly registry: SubscriptionRegistry,
    private readonly lease: InstanceLease,
    private readonly breakers: CircuitBreakers,
    private readonly clock: Clock,
    @Inject(SCHEDULER) private readonly scheduler: SchedulerLike,
  ) {
    this.lease.takenOver$.subscribe(() => {
      this.probedAt = Number.NEGATIVE_INFINITY;
    });
  }

  start(): void {
    const roomForMore = merge(this.held.freed$, this.breakers.released$).pipe(
      filter((webhookId) => this.dueTimes.has(webhookId)),
    );
    const wake = merge(this.dueTimes.earlier$, roomForMore, this.lease.takenOver$);
    const onError = (error: unknown): void => {
      this.logger.warn(`Due work could not be claimed: ${String(error)}`);
    };
    this.subscription = repeatWhenDue(() => this.nextRound(), wake, onError, this.scheduler).subscribe();
  }

  /** Resolves when no claim is under way any more: one that commits after the farewell of its instance would be lost. */
  async stop(): Promise<void> {
    this.subscription?.unsubscribe();
    await this.rounds.catch(() => undefined);
  }

  private nextRound(): Promise<number> {
    const round = this.round();
    this.rounds = round;
    return round;
  }

  /** One round; answers after how many ms the next one is wanted. */
  private async round(): Promise<number> {
    if (this.clock.monotonic() - this.probedAt >= PROBE_MS) await this.probeAll();
    const demands = this.demands();
    if (demands.length > 0 && this.lease.isHeld()) await this.underWay.during(() => this.claim(demands));
    return this.untilNext();
  }

  private async probeAll(): Promise<void> {
    const probed = this.clock.monotonic();
    await this.probe([...this.registry.ids(), ...(await this.repository.deletedWebhooks())]);
    this.probedAt = probed;
  }

  private async probe(webhookIds: readonly string[]): Promise<void> {
    if (webhookIds.length === 0) return;
    const mark = this.dueTimes.mark();
    const due = await this.repository.nextDue(webhookIds);
    const times = new Map(due.map(({ webhookId, at }) => [webhookId, Date.parse(at)]));
    for (const webhookId of webhookIds) this.dueTimes.replace(webhookId, times.get(webhookId), mark);
  }

  private demands(): Demand[] {
    const now = this.clock.steady();
    const demands: Demand[] = [];
    let left = MAX_CLAIM;
    for (const [webhookId, time] of this.dueTimes.entries()) {
      const count = Math.min(left, this.dueIn(webhookId, time, now) <= 0 ? this.room(webhookId) : 0);
      if (count > 0) demands.push({ webhookId, count });
      left -= count;
    }
    return demands;
  }

  private async claim(demands: readonly Demand[]): Promise<void> {
    const instanceId = this.lease.id;
    const claimed = await this.repository.claimDue(demands, toTimestamp(this.clock.steady()), instanceId);
    const counts = new Map<string, number>();
    for (const delivery of claimed) {
      counts.set(delivery.webhookId, (counts.get(delivery.webhookId) ?? 0) + 1);
      this.take(delivery);
    }
    const exhausted = demands.filter(({ webhookId, count }) => (counts.get(webhookId) ?? 0) < count);
    await this.probe(exhausted.map(({ webhookId }) => webhookId));
  }

  /** Claimed is claimed: the reserve may have shrunk meanwhile, the memory is counted all the same. */
  private take(delivery: HeldDelivery): void {
    this.held.hold(delivery.webhookId, delivery.body.text.length);
    this.dispatcher.enqueue(delivery);
  }

  /** What a locked webhook is to get waits in the graph; of an inactive one it is claimed, to end as failed. */
  private room(webhookId: string): number {
    const target = this.registry.get(webhookId);
    return target?.active && target.locked ? 0 : this.held.free(webhookId);
  }

  /** What is due waits for the pause of an open breaker as well. */
  private dueIn(webhookId: string, time: number, now: number): number {
    return Math.max(time - now, this.breakers.waitMs(webhookId));
  }

  private untilNext(): number {
    const now = this.clock.steady();
    let wait = PROBE_MS;
    for (const [webhookId, time] of this.dueTimes.entries()) {
      if (this.room(webhookId) > 0) wait = Math.min(wait, Math.max(0, this.dueIn(webhookId, time, now)));
    }
    return wait;
  }
}
