import { Inject, Injectable, Logger } from '@nestjs/common';
import { NEVER, type SchedulerLike, type Subscription } from 'rxjs';
import { Clock, toTimestamp } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { repeatWhenDue } from '../operators/repeat-when-due.js';
import { SubscriptionRegistry } from '../subscriptions/subscription-registry.js';
import { WebhookDeactivator } from '../subscriptions/webhook-deactivator.js';
import { SCHEDULER } from '../throttle/destination-throttle.js';
import { HistoryRepository } from './history.repository.js';

/** Removed in one transaction: it holds up those who write to the same webhook. 500 made the p99 of a fresh event 47 ms. */
const BATCH = 20;
/** After a batch the sweeper rests nine times as long as it took: deliveries come first. */
const REST_FACTOR = 9;
const IDLE_PAUSE_MS = 5000;
/** The history of a deleted webhook can still be read for a day. */
const DELETED_KEPT_MS = 24 * 3600 * 1000;
const DAY_MS = 24 * 3600 * 1000;

/** Keeps the log within its limits, in the background: oldest finished deliveries first, batch by batch. */
@Injectable()
export class HistorySweeper {
  private readonly logger = new Logger(HistorySweeper.name);
  private subscription: Subscription | undefined;
  /** When the rarer kinds of history were looked at last. Monotonic ms. */
  private lookedAt = Number.NEGATIVE_INFINITY;

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
      this.logger.warn(`The log could not be swept: ${String(error)}`);
    };
    this.subscription = repeatWhenDue(() => this.round(), NEVER, onError, this.scheduler).subscribe();
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }

  /**
   * One bounded round: a batch of the fullest log and one of events without deliveries, and at times what is rarer.
   * Answers how many nodes went; 0 = all is within its limits.
   */
  async sweep(): Promise<number> {
    const evicted = await this.evictOverfull();
    const gone = evicted + (await this.repository.purgeEvents(this.timestamp(0), BATCH));
    const now = this.clock.monotonic();
    if (evicted > 0 && now - this.lookedAt < IDLE_PAUSE_MS) return gone;
    this.lookedAt = now;
    return gone + (await this.sweepTheRest());
  }

  private async round(): Promise<number> {
    const started = this.clock.monotonic();
    const evicted = await this.sweep();
    const took = this.clock.monotonic() - started;
    return evicted > 0 ? Math.min(took * REST_FACTOR, IDLE_PAUSE_MS) : IDLE_PAUSE_MS;
  }

  private async sweepTheRest(): Promise<number> {
    await this.deactivator.deactivateOrphans();
    return (await this.evictAged()) + (await this.forgetDeleted());
  }

  /** One batch: of the fullest log of which something can go. */
  private async evictOverfull(): Promise<number> {
    for (const { webhookId, excess } of await this.repository.overfull(this.options.maxDeliveries, BATCH)) {
      const evicted = await this.repository.evictOldest(webhookId, Math.min(excess, BATCH));
      if (evicted > 0) return evicted;
    }
    return 0;
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
      const gone = await this.repository.evictOldest(webhookId, BATCH);
      if (gone === 0) await this.repository.forget(webhookId);
      evicted += gone;
    }
    return evicted;
  }

  private timestamp(ago: number): string {
    return toTimestamp(this.clock.now() - ago);
  }
}
