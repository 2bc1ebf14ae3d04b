import { Inject, Injectable, Logger } from '@nestjs/common';
import { filter, merge, type SchedulerLike, type Subscription } from 'rxjs';
import { Clock, toTimestamp } from '../../common/clock.js';
import { tellUnlessAway } from '../../neo4j/graph-errors.js';
import { InstanceLease } from '../queue/instance-lease.js';
import { repeatWhenDue } from '../../common/rxjs/repeat-when-due.js';
import { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import { SCHEDULER } from './destination-throttle.js';
import { ClaimsUnderWay } from '../queue/claim-release.js';
import { Dispatcher } from './dispatcher.js';
import { DueIndex } from '../queue/due-index.js';
import { MemoryBudget } from './memory-budget.js';
import { Lanes } from './lanes.js';
import { WorkRepository } from '../queue/work.neo4j.repository.js';
import type { Demand, DueDelivery, Wanted } from '../model/queued-delivery.js';

/** Every webhook is looked at this often, for work that other instances left in the graph. */
const PROBE_MS = 5000;
/** Rounds come every few seconds, and each thing that one does has a limit of its own. */
const STALLED_MS = 120_000;
/** Without a lease nothing may be claimed; heartbeats bring it back. */
const NO_LEASE_MS = 1000;
/** Deliveries claimed in one transaction. */
const MAX_CLAIM = 2000;
/** Bytes of bodies read in one transaction; a larger body is read alone. */
const MAX_CLAIM_BYTES = 16 * 1024 * 1024;

/** The demands in order, with no more than `most` deliveries in all. */
function upTo(most: number, demands: readonly Demand[]): Demand[] {
  let left = most;
  return demands.flatMap(({ webhookId, count: wanted }) => {
    const count = Math.min(left, wanted);
    left -= count;
    return count > 0 ? [{ webhookId, count }] : [];
  });
}

/** Counts what a claim reads, each body once. */
class ReadBudget {
  private readonly read = new Set<string>();

  constructor(private left: number) {}

  takes(eventId: string, bytes: number): boolean {
    if (this.read.has(eventId)) return true;
    if (this.read.size > 0 && bytes > this.left) return false;
    this.read.add(eventId);
    this.left -= bytes;
    return true;
  }
}

/** Brings due work from the graph into memory, as much as there is room for: retries, overflow, what a crash left. */
@Injectable()
export class DueWork {
  private readonly logger = new Logger(DueWork.name);
  private probedAt = Number.NEGATIVE_INFINITY;
  /** Of webhooks whose next body had no room: that delivery. */
  private readonly tooLarge = new Map<string, DueDelivery>();
  private begunAt = Number.NEGATIVE_INFINITY;
  private subscription: Subscription | undefined;
  private rounds: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly repository: WorkRepository,
    private readonly dispatcher: Dispatcher,
    private readonly dueTimes: DueIndex,
    private readonly held: MemoryBudget,
    private readonly underWay: ClaimsUnderWay,
    private readonly registry: EndpointRegistry,
    private readonly lease: InstanceLease,
    private readonly lanes: Lanes,
    private readonly clock: Clock,
    @Inject(SCHEDULER) private readonly scheduler: SchedulerLike,
  ) {
    this.lease.takenOver$.subscribe(() => {
      this.probedAt = Number.NEGATIVE_INFINITY;
    });
  }

  start(): void {
    const roomForMore = merge(this.held.freed$, this.lanes.released$).pipe(
      // What another webhook has freed may be what a large body waits for.
      filter((webhookId) => this.tooLarge.size > 0 || this.dueTimes.has(webhookId)),
    );
    const wake = merge(this.dueTimes.earlier$, roomForMore, this.lease.takenOver$);
    const onError = (error: unknown): void => {
      tellUnlessAway(this.logger, 'Due work could not be claimed', error);
    };
    this.subscription = repeatWhenDue(() => this.nextRound(), wake, onError, this.scheduler).subscribe();
  }

  /** Whether the loop goes round, be it that each round fails. */
  get isRunning(): boolean {
    const idleMs = this.clock.monotonic() - this.begunAt;
    return this.subscription?.closed === false && idleMs < STALLED_MS;
  }

  /** Resolves when no claim is under way any more: one that commits after the farewell of its instance would be lost. */
  async stop(): Promise<void> {
    this.subscription?.unsubscribe();
    await this.rounds.catch(() => undefined);
  }

  private nextRound(): Promise<number> {
    this.begunAt = this.clock.monotonic();
    const round = this.round();
    this.rounds = round;
    return round;
  }

  /** One round; answers after how many ms the next one is wanted. */
  private async round(): Promise<number> {
    if (!this.lease.isHeld()) return NO_LEASE_MS;
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
    // A time that somebody has spoiled is looked at again with the next probe.
    const later = this.clock.steady() + PROBE_MS;
    const times = new Map(due.map(({ webhookId, at }) => [webhookId, Date.parse(at) || later]));
    for (const webhookId of webhookIds) {
      this.dueTimes.replace(webhookId, times.get(webhookId), mark);
      if (!times.has(webhookId)) this.tooLarge.delete(webhookId);
    }
  }

  /** What there is room for; those that hold least come first, so that scarce memory goes round. */
  private demands(): Demand[] {
    const now = this.clock.steady();
    const demands: Demand[] = [];
    for (const [webhookId, time] of this.dueTimes.entries()) {
      const count = this.dueIn(webhookId, time, now) <= 0 ? this.room(webhookId) : 0;
      if (count > 0) demands.push({ webhookId, count });
    }
    demands.sort((a, b) => this.held.of(a.webhookId) - this.held.of(b.webhookId));
    return upTo(MAX_CLAIM, demands);
  }

  private async claim(demands: readonly Demand[]): Promise<void> {
    const now = toTimestamp(this.clock.steady());
    const due = await this.repository.due(demands, now);
    for (const { webhookId } of demands) this.tooLarge.delete(webhookId);
    const wanted = this.choose(due);
    if (wanted.length > 0) await this.take(wanted, now);
    const counts = new Map<string, number>();
    for (const { webhookId } of due) counts.set(webhookId, (counts.get(webhookId) ?? 0) + 1);
    const exhausted = demands.filter(({ webhookId, count }) => (counts.get(webhookId) ?? 0) < count);
    await this.probe(exhausted.map(({ webhookId }) => webhookId));
  }

  /** Takes room in memory for what is to be claimed. Of a webhook whose turn does not fit, what comes later waits with it. */
  private choose(due: readonly DueDelivery[]): Wanted[] {
    const wanted: Wanted[] = [];
    const passed = new Set<string>();
    const budget = new ReadBudget(MAX_CLAIM_BYTES);
    for (const delivery of due) {
      const { webhookId, eventId, bytes } = delivery;
      if (passed.has(webhookId)) continue;
      const body = this.held.bodyOf(eventId);
      const hasRoom = this.held.hasRoom(webhookId, eventId, bytes);
      if (!hasRoom) this.tooLarge.set(webhookId, delivery);
      if (!hasRoom || !(body ?? budget.takes(eventId, bytes))) {
        passed.add(webhookId);
        continue;
      }
      this.held.hold(webhookId, eventId, bytes);
      wanted.push({ ...delivery, body });
    }
    return wanted;
  }

  private async take(wanted: readonly Wanted[], now: string): Promise<void> {
    const left = new Map(wanted.map((delivery) => [delivery.id, delivery]));
    try {
      for (const delivery of await this.repository.claim(wanted, now, this.lease.id)) {
        left.delete(delivery.id);
        const body = this.held.keepBody(delivery.eventId, delivery.body);
        this.dispatcher.enqueue({ ...delivery, body });
      }
    } finally {
      for (const { webhookId, eventId } of left.values()) this.held.takeBack(webhookId, eventId);
    }
  }

  /** What a locked webhook is to get waits in the graph; of an inactive one it is claimed, to end as failed. */
  private room(webhookId: string): number {
    const target = this.registry.get(webhookId);
    if (target?.active && target.locked) return 0;
    const next = this.tooLarge.get(webhookId);
    if (next && !this.held.hasRoom(webhookId, next.eventId, next.bytes)) return 0;
    return target?.active ? this.held.free(webhookId) : this.held.freeToEnd();
  }

  /** What is due waits until its lane lets it; what ends because its webhook is switched off or gone does not. */
  private dueIn(webhookId: string, time: number, now: number): number {
    if (!this.registry.get(webhookId)?.active) return time - now;
    return Math.max(time - now, this.lanes.waitMs(webhookId));
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
