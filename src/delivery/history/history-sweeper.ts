import { Inject, Injectable, Logger } from '@nestjs/common';
import { NEVER, type SchedulerLike, type Subscription } from 'rxjs';
import { Clock, toTimestamp } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { tellUnlessAway } from '../../neo4j/graph-errors.js';
import { repeatWhenDue } from '../operators/repeat-when-due.js';
import { SubscriptionRegistry } from '../subscriptions/subscription-registry.js';
import { WebhookDeactivator } from '../subscriptions/webhook-deactivator.js';
import { SCHEDULER } from '../throttle/destination-throttle.js';
import { HistoryRepository, type Overfull } from './history.repository.js';
import { restMs } from './rest.js';

/** Removed in one transaction: it holds up those who write to the same webhook. 500 made the p99 of a fresh event 47 ms. */
const BATCH = 20;
/** The fullest logs are looked for so often; meanwhile each eviction says how many are left. */
const LOOK_MS = 1000;
const FULLEST = 20;
/** Events without deliveries hold nobody up. */
const PURGE_BATCH = 100;
const IDLE_PAUSE_MS = 5000;
/** The history of a deleted webhook can still be read for a day. */
const DELETED_KEPT_MS = 24 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;

/** Keeps the log within its limits, in the background: oldest finished deliveries first, batch by batch. */
@Injectable()
export class HistorySweeper {
  private readonly logger = new Logger(HistorySweeper.name);
  private subscription: Subscription | undefined;
  /** The log that is being shortened. */
  private current: Overfull | undefined;
  /** Finished deliveries too many in the fullest logs. */
  private excess = 0;
  /** When the logs, and when the rarer kinds of history were looked at last. Monotonic ms. */
  private logsSeenAt = Number.NEGATIVE_INFINITY;
  private restSeenAt = Number.NEGATIVE_INFINITY;
  /** The last purge left events that could go as well. */
  private isPurging = false;

  constructor(
    private readonly repository: HistoryRepository,
    private readonly deactivator: WebhookDeactivator,
    private readonly registry: SubscriptionRegistry,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    @Inject(SCHEDULER) private readonly scheduler: SchedulerLike,
  ) {}

  start(): void {
    const onError = (error: unknown): void => {
      tellUnlessAway(this.logger, 'The log could not be swept', error);
    };
    this.subscription = repeatWhenDue(() => this.round(), NEVER, onError, this.scheduler).subscribe();
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }

  /** One bounded round: a batch of a full log, and at times what is rarer. Answers how many nodes went; 0 = nothing is too many. */
  async sweep(): Promise<number> {
    const evicted = await this.evictOverfull();
    const now = this.clock.monotonic();
    if (evicted > 0 && now - this.restSeenAt < IDLE_PAUSE_MS) return evicted + (await this.goOnPurging());
    this.restSeenAt = now;
    return evicted + (await this.sweepTheRest());
  }

  private async round(): Promise<number> {
    const started = this.clock.monotonic();
    const gone = await this.sweep();
    const took = this.clock.monotonic() - started;
    return gone > 0 ? restMs(took, this.excess) : IDLE_PAUSE_MS;
  }

  private async sweepTheRest(): Promise<number> {
    await this.deactivator.deactivateOrphans();
    return (await this.purge()) + (await this.evictAged()) + (await this.forgetDeleted());
  }

  /** One batch of the fullest log of which something can go. */
  private async evictOverfull(): Promise<number> {
    const logs = await this.fullest();
    this.current = undefined;
    for (const { webhookId, excess } of logs) {
      const { evicted, kept } = await this.repository.evictOldest(webhookId, Math.min(excess, BATCH));
      if (evicted === 0) continue;
      const left = kept - this.options.maxDeliveries;
      if (left > 0) this.current = { webhookId, excess: left };
      return evicted;
    }
    return 0;
  }

  /** What is being shortened, or, when that is done or has taken its time, the fullest logs there are. */
  private async fullest(): Promise<Overfull[]> {
    const now = this.clock.monotonic();
    if (this.current && now - this.logsSeenAt < LOOK_MS) return [this.current];
    const found = await this.repository.overfull(this.options.maxDeliveries, FULLEST);
    this.logsSeenAt = now;
    this.excess = found.reduce((sum, { excess }) => sum + excess, 0);
    return found;
  }

  private async goOnPurging(): Promise<number> {
    return this.isPurging ? this.purge() : 0;
  }

  private async purge(): Promise<number> {
    const purged = await this.repository.purgeEvents(this.timestamp(0), PURGE_BATCH);
    this.isPurging = purged === PURGE_BATCH;
    return purged;
  }

  private async evictAged(): Promise<number> {
    const { maxDeliveryAgeDays } = this.options;
    if (maxDeliveryAgeDays === undefined) return 0;
    const before = this.timestamp(maxDeliveryAgeDays * DAY_MS);
    let evicted = 0;
    for (const webhookId of this.registry.ids()) {
      evicted += await this.repository.evictBefore(webhookId, before, BATCH);
    }
    return evicted;
  }

  private async forgetDeleted(): Promise<number> {
    let evicted = 0;
    for (const webhookId of await this.repository.forgettable(this.timestamp(DELETED_KEPT_MS))) {
      const { evicted: gone } = await this.repository.evictOldest(webhookId, BATCH);
      if (gone === 0) await this.repository.forget(webhookId);
      evicted += gone;
    }
    return evicted;
  }

  private timestamp(ago: number): string {
    return toTimestamp(this.clock.now() - ago);
  }
}
