import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import { DeliveryMetrics, NoMetrics } from '../../common/metrics/delivery-metrics.js';
import { idAt, newId } from '../../common/new-id.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { DueIndex } from '../../delivery/queue/due-index.js';
import { InstanceLease } from '../../delivery/queue/instance-lease.js';
import { probePauseMs } from './failing.js';
import { byWebhook, EachByItself } from '../../neo4j/each-by-itself.js';
import { RecoveryRepository, type Outage, type LostRange } from './recovery.neo4j.repository.js';
import { shuttingDown, webhookInactive, webhookNotFound } from '../../delivery/model/delivery.errors.js';
import { Lanes } from '../../delivery/lanes/lanes.js';
import { EndpointRegistry } from '../../delivery/endpoints/endpoint-registry.js';
import { Backlogs } from './backlog.neo4j.repository.js';

const BATCH = 500;
const DAY_MS = 24 * 3600 * 1000;

/**
 * What failed while a receiver was away is queued again by itself when it answers again: oldest first, once, and at
 * most a day old. What there is to do stands in the graph, written with the outcomes, so that it survives a crash, and
 * any instance does it.
 */
@Injectable()
export class OutageRecovery {
  private readonly logger = new Logger(OutageRecovery.name);
  private readonly each = new EachByItself(this.logger, 'What failed could not be queued again for webhook');
  /** Outages that were over when they were last looked at: one answer does not mean that a receiver stays. */
  private over = new Set<string>();

  constructor(
    private readonly repository: RecoveryRepository,
    private readonly lease: InstanceLease,
    private readonly dueTimes: DueIndex,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {}

  /** One look at all outages; what is over for the second time is recovered. */
  async look(): Promise<void> {
    if (!this.options.recoverAfterOutage || !this.lease.isHeld()) return;
    const outages = await this.repository.outages();
    const before = this.over;
    this.over = new Set(
      outages.filter(({ failingSince }) => failingSince === null).map(({ webhookId }) => webhookId),
    );
    await this.each.do(outages, byWebhook, async (outage) => {
      if (outage.failingSince !== null) await this.probe(outage, Date.parse(outage.failingSince));
      else if (before.has(outage.webhookId)) await this.recover(outage.webhookId);
    });
  }

  /** A receiver that gets little would not be asked again before its next event, and that may take a day. */
  private async probe({ webhookId }: Outage, failingSince: number): Promise<void> {
    const now = this.clock.now();
    const pause = probePauseMs(now - failingSince, this.options.breakerMaxPauseSeconds * 1000);
    const times = {
      since: toTimestamp(now - DAY_MS),
      triedBefore: toTimestamp(now - pause),
      now: toTimestamp(this.clock.steady()),
    };
    const queued = await this.repository.probe({ webhookId, ...times }, this.lease.id);
    if (queued) this.dueTimes.note(webhookId, this.clock.steady());
  }

  private async recover(webhookId: string): Promise<void> {
    const call = newId();
    const since = await this.repository.takeUp(webhookId, call);
    if (since === null) return;
    const count = await this.requeueAll(webhookId, Math.max(Date.parse(since), this.clock.now() - DAY_MS));
    await this.repository.endOutage(webhookId, call);
    if (count > 0)
      this.logger.log(`Webhook ${webhookId} answers again; ${count} that failed are queued again`);
  }

  private async requeueAll(webhookId: string, fromMs: number): Promise<number> {
    const range = { since: toTimestamp(fromMs) };
    let total = 0;
    // An id and `created_at` are made one after the other; a clock that is set may part them further.
    for (let after: string | null = idAt(fromMs - DAY_MS); after !== null;) {
      const batch = await this.repository.requeue(webhookId, range, after, BATCH, this.lease.id, true);
      total += batch.count;
      after = batch.last;
      if (batch.count > 0) this.dueTimes.note(webhookId, 0);
      this.metrics.requeued(batch.count);
    }
    return total;
  }
}

/** Counting holds nobody up. */
const COUNT_BATCH = 10_000;

/** What a webhook missed while its endpoint failed or while it was switched off: deliveries that ended as failed. */
@Injectable()
export class LostDeliveries {
  private readonly logger = new Logger('Delivery');

  constructor(
    private readonly repository: RecoveryRepository,
    private readonly backlogs: Backlogs,
    private readonly registry: EndpointRegistry,
    private readonly lease: InstanceLease,
    private readonly dueTimes: DueIndex,
    private readonly lanes: Lanes,
  ) {}

  /**
   * Queues them again, oldest first, with a fresh retry schedule; answers how many. Without a range: all since the
   * last outage began to lose any.
   * @throws DomainError `webhook_not_found`, `webhook_inactive`
   */
  async recover(webhookId: string, range: LostRange): Promise<number> {
    await this.assertRecoverable(webhookId);
    if (range.since !== undefined || range.until !== undefined) return this.requeueAll(webhookId, range);
    const since = await this.repository.begin(webhookId);
    if (since === null) return 0;
    const count = await this.requeueAll(webhookId, { since });
    await this.repository.end(webhookId, since);
    return count;
  }

  /**
   * How many `recover` would queue again.
   * @throws DomainError as `recover`
   */
  async count(webhookId: string, range: LostRange): Promise<number> {
    await this.assertRecoverable(webhookId);
    if (range.since !== undefined || range.until !== undefined) return this.countAll(webhookId, range);
    const since = await this.repository.lostSince(webhookId);
    return since === null ? 0 : this.countAll(webhookId, { since });
  }

  private async assertRecoverable(webhookId: string): Promise<void> {
    await this.registry.refresh();
    const endpoint = this.registry.get(webhookId);
    if (!endpoint) throw webhookNotFound(webhookId);
    if (!endpoint.active) throw webhookInactive();
    if (!this.lease.isHeld()) throw shuttingDown();
    // What waited when it was switched off may still be about to end.
    await this.backlogs.endAll();
  }

  private async countAll(webhookId: string, range: LostRange): Promise<number> {
    let total = 0;
    for (let after: string | null = ''; after !== null;) {
      const { count, last } = await this.repository.count(webhookId, range, after, COUNT_BATCH);
      total += count;
      after = last;
    }
    return total;
  }

  /** Batch by batch, each a transaction of its own; whoever recovers expects the endpoint to work, so a probe goes now. */
  private async requeueAll(webhookId: string, range: LostRange): Promise<number> {
    let total = 0;
    for (let after: string | null = ''; after !== null;) {
      const { count, last } = await this.repository.requeue(webhookId, range, after, BATCH, this.lease.id);
      total += count;
      after = last;
      if (count > 0) this.dueTimes.note(webhookId, 0);
    }
    if (total > 0) this.lanes.hasten(webhookId);
    this.logger.log('Deliveries were queued again', { webhook_id: webhookId, requeued: total });
    return total;
  }
}
