import { Injectable, Logger } from '@nestjs/common';
import { merge } from 'rxjs';
import { Clock, toTimestamp } from '../../common/clock.js';
import type { Repetition } from '../../common/rxjs/repetition.js';
import { Repeater } from '../../neo4j/repeater.js';
import { InstanceLease } from '../queue/instance-lease.js';
import { ClaimPlan } from './claim-plan.js';
import { Dispatcher } from './dispatcher.js';
import { WorkRepository } from '../queue/work.neo4j.repository.js';
import type { Demand, Wanted } from '../model/queued-delivery.js';

/** Every webhook is looked at this often, for work that other instances left in the graph. */
const PROBE_MS = 5000;
/** Rounds come every few seconds, and each thing that one does has a limit of its own. */
const STALLED_MS = 120_000;
/** Without a lease nothing may be claimed; heartbeats bring it back. */
const NO_LEASE_MS = 1000;

/** Brings due work from the graph into memory, as much as there is room for: retries, overflow, what a crash left. */
@Injectable()
export class DueWork {
  private readonly logger = new Logger(DueWork.name);
  private probedAt = Number.NEGATIVE_INFINITY;
  private begunAt = Number.NEGATIVE_INFINITY;
  private rounds: Repetition | undefined;

  constructor(
    private readonly repository: WorkRepository,
    private readonly dispatcher: Dispatcher,
    private readonly plan: ClaimPlan,
    private readonly lease: InstanceLease,
    private readonly clock: Clock,
    private readonly repeater: Repeater,
  ) {
    this.lease.takenOver$.subscribe(() => {
      this.probedAt = Number.NEGATIVE_INFINITY;
    });
  }

  start(): void {
    const named = { logger: this.logger, trouble: 'Due work could not be claimed' };
    const wake = merge(this.plan.changed$, this.lease.takenOver$);
    this.rounds = this.repeater.repeat(() => this.round(), { ...named, wake });
  }

  /** Whether the loop goes round, be it that each round fails. */
  get isRunning(): boolean {
    const idleMs = this.clock.monotonic() - this.begunAt;
    return this.rounds?.isStopped === false && idleMs < STALLED_MS;
  }

  /** Resolves when no claim is under way any more: one that commits after the farewell of its instance would be lost. */
  async stop(): Promise<void> {
    await this.rounds?.stop();
  }

  /** One round; answers after how many ms the next one is wanted. */
  private async round(): Promise<number> {
    this.begunAt = this.clock.monotonic();
    if (!this.lease.isHeld()) return NO_LEASE_MS;
    if (this.clock.monotonic() - this.probedAt >= PROBE_MS) await this.probeAll();
    const demands = this.plan.demands();
    if (demands.length > 0 && this.lease.isHeld())
      await this.dispatcher.claims.during(() => this.claim(demands));
    return Math.min(this.plan.untilNext(), PROBE_MS);
  }

  private async probeAll(): Promise<void> {
    const probed = this.clock.monotonic();
    await this.probe([...this.plan.webhookIds(), ...(await this.repository.deletedWebhooks())]);
    this.probedAt = probed;
  }

  private async probe(webhookIds: readonly string[]): Promise<void> {
    if (webhookIds.length === 0) return;
    const mark = this.plan.mark();
    const due = await this.repository.nextDue(webhookIds);
    // A time that somebody has spoiled is looked at again with the next probe.
    const later = this.clock.steady() + PROBE_MS;
    const times = new Map(due.map(({ webhookId, at }) => [webhookId, Date.parse(at) || later]));
    for (const webhookId of webhookIds) this.plan.replace(webhookId, times.get(webhookId), mark);
  }

  private async claim(demands: readonly Demand[]): Promise<void> {
    const now = toTimestamp(this.clock.steady());
    const due = await this.repository.due(demands, now);
    const wanted = this.plan.choose(demands, due);
    if (wanted.length > 0) await this.take(wanted, now);
    const counts = new Map<string, number>();
    for (const { webhookId } of due) counts.set(webhookId, (counts.get(webhookId) ?? 0) + 1);
    const exhausted = demands.filter(({ webhookId, count }) => (counts.get(webhookId) ?? 0) < count);
    await this.probe(exhausted.map(({ webhookId }) => webhookId));
  }

  private async take(wanted: readonly Wanted[], now: string): Promise<void> {
    const left = new Map(wanted.map((delivery) => [delivery.id, delivery]));
    try {
      for (const delivery of await this.repository.claim(wanted, now, this.lease.id)) {
        left.delete(delivery.id);
        this.dispatcher.enqueue(this.plan.withSharedBody(delivery));
      }
    } finally {
      this.plan.takeBack([...left.values()]);
    }
  }
}
