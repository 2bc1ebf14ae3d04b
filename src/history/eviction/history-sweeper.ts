import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { EndpointRegistry } from '../../delivery/endpoints/endpoint-registry.js';
import { HistoryRepository, type Overfull } from './history.neo4j.repository.js';
import type { Repetition } from '../../common/rxjs/repetition.js';
import { Clock, toTimestamp } from '../../common/clock.js';
import { DeliveryMetrics, NoMetrics } from '../../common/metrics/delivery-metrics.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { byWebhook, EachByItself } from '../../neo4j/each-by-itself.js';
import { Repeater } from '../../neo4j/repeater.js';
import { Activity } from '../activity/activity.js';
import { WebhookDeactivator } from '../../delivery/endpoints/webhook-deactivator.js';

/** After a batch the sweeper rests so many times as long as it took: deliveries come first. */
const USUAL_FACTOR = 19;
/** With more finished deliveries too many than these it rests less, in proportion: no log grows without end. */
const BEARABLE_EXCESS = 200_000;
const LONGEST_MS = 5000;

/**
 * How long the sweeper rests after a batch, ms.
 *
 * @param tookMs how long the batch took
 * @param excess finished deliveries too many
 */
export function restMs(tookMs: number, excess: number): number {
  const factor = Math.max(1, USUAL_FACTOR * Math.min(1, BEARABLE_EXCESS / excess));
  return Math.min(tookMs * factor, LONGEST_MS);
}

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

/** What a webhook missed is kept so long for a recovery, unless the age limit says otherwise. */
const MISSED_KEPT_DAYS = 7;
/** An id and `created_at` are made one after the other. */
const SLACK_MS = 60_000;
/** A log of which nothing may go is looked at again after so long. */
const FULL_OF_MISSED_MS = 10_000;

/** A log that can be shortened. */
interface Surplus {
  readonly webhookId: string;
  /** Finished deliveries too many that may go. */
  readonly count: number;
  /** Failed ones from here on are kept, ms since the epoch; absent = none. */
  readonly missedFrom?: number;
}

const itself = (id: string): string => id;

/** Keeps the log within its limits, in the background: oldest finished deliveries first, batch by batch. */
@Injectable()
export class HistorySweeper {
  private readonly logger = new Logger(HistorySweeper.name);
  private readonly each = new EachByItself(this.logger, 'The log could not be shortened of webhook');
  private rounds: Repetition | undefined;
  /** The log that is being shortened. */
  private current: Surplus | undefined;
  /** Logs that are full of what their webhooks missed, and when they are looked at again. Monotonic ms. */
  private readonly fullOfMissed = new Map<string, number>();
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
    private readonly registry: EndpointRegistry,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    private readonly repeater: Repeater,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {}

  start(): void {
    const named = { logger: this.logger, trouble: 'The log could not be swept' };
    this.rounds = this.repeater.repeat(() => this.round(), named);
  }

  stop(): void {
    void this.rounds?.stop();
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
    if (gone > 0) this.metrics.evicted(gone);
    const took = this.clock.monotonic() - started;
    return gone > 0 ? restMs(took, this.excess) : IDLE_PAUSE_MS;
  }

  private async sweepTheRest(): Promise<number> {
    await this.deactivator.followProjects();
    return (await this.purge()) + (await this.evictAged()) + (await this.forgetDeleted());
  }

  /** One batch of the fullest log of which something can go. */
  private async evictOverfull(): Promise<number> {
    const logs = await this.fullest();
    this.current = undefined;
    let gone = 0;
    await this.each.do(logs, byWebhook, async (log) => {
      if (gone === 0) gone = await this.shorten(log);
    });
    return gone;
  }

  private async shorten(log: Surplus): Promise<number> {
    const batch = Math.min(log.count, BATCH);
    const evicted = await this.repository.evictOldest(log.webhookId, batch, log.missedFrom);
    const left = log.count - evicted;
    if (evicted > 0 && left > 0) this.current = { ...log, count: left };
    return evicted;
  }

  /** What is being shortened, or, when that is done or has taken its time, the fullest logs there are. */
  private async fullest(): Promise<Surplus[]> {
    const now = this.clock.monotonic();
    if (this.current && now - this.logsSeenAt < LOOK_MS) return [this.current];
    const found: Surplus[] = [];
    const overfull = await this.overfull(now);
    await this.each.do(overfull, byWebhook, async (log) => found.push(await this.surplus(log, now)));
    this.logsSeenAt = now;
    this.excess = found.reduce((sum, { count }) => sum + count, 0);
    return found.filter(({ count }) => count > 0);
  }

  private async overfull(now: number): Promise<Overfull[]> {
    for (const [webhookId, until] of this.fullOfMissed) {
      if (until <= now) this.fullOfMissed.delete(webhookId);
    }
    const except = [...this.fullOfMissed.keys()];
    return this.repository.overfull(this.options.maxDeliveries, FULLEST, except);
  }

  /** What a webhook missed does not count against the limit while it may be recovered. */
  private async surplus({ webhookId, excess, missedSince }: Overfull, now: number): Promise<Surplus> {
    if (missedSince === null) return { webhookId, count: excess };
    const days = this.options.maxDeliveryAgeDays ?? MISSED_KEPT_DAYS;
    const missedFrom = Math.max(Date.parse(missedSince) - SLACK_MS, this.clock.now() - days * DAY_MS);
    const count = excess - (await this.repository.countMissed(webhookId, missedFrom, excess));
    if (count <= 0) this.fullOfMissed.set(webhookId, now + FULL_OF_MISSED_MS);
    return { webhookId, count, missedFrom };
  }

  private async goOnPurging(): Promise<number> {
    return this.isPurging ? this.purge() : 0;
  }

  private async purge(): Promise<number> {
    const purged = await this.repository.purgeEvents(toTimestamp(this.clock.now()), PURGE_BATCH);
    this.isPurging = purged === PURGE_BATCH;
    return purged;
  }

  private async evictAged(): Promise<number> {
    const { maxDeliveryAgeDays } = this.options;
    if (maxDeliveryAgeDays === undefined) return 0;
    const before = this.timestamp(maxDeliveryAgeDays * DAY_MS);
    let evicted = 0;
    await this.each.do(this.registry.ids(), itself, async (webhookId) => {
      evicted += await this.repository.evictBefore(webhookId, before, BATCH);
    });
    return evicted;
  }

  private async forgetDeleted(): Promise<number> {
    let evicted = 0;
    const forgettable = await this.repository.forgettable(this.timestamp(DELETED_KEPT_MS));
    await this.each.do(forgettable, itself, async (webhookId) => {
      const gone = await this.repository.evictOldest(webhookId, BATCH);
      if (gone === 0) await this.repository.forget(webhookId);
      evicted += gone;
    });
    return evicted;
  }

  /** A wall clock that is set ahead for a moment must not cost the log of a year. */
  private timestamp(ago: number): string {
    return toTimestamp(Math.min(this.clock.now(), this.clock.steady()) - ago);
  }
}

const CLEAR_BATCH = 2000;

/** Removes all webhooks, events, deliveries and statistics. The rest of the graph is not touched. */
@Injectable()
export class HistoryEraser {
  constructor(
    private readonly repository: HistoryRepository,
    private readonly registry: EndpointRegistry,
    private readonly activity: Activity,
  ) {}

  /** In bounded batches; resolves when nothing is left. */
  async clear(): Promise<void> {
    this.activity.dropWaiting();
    while ((await this.repository.clear(CLEAR_BATCH)) > 0);
    await this.registry.refresh();
  }
}
