import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import { DeliveryMetrics, NoMetrics } from '../../common/metrics/delivery-metrics.js';
import { idAt, newId } from '../../common/new-id.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { DueIndex } from '../../delivery/queue/due-index.js';
import { InstanceLease } from '../../delivery/queue/instance-lease.js';
import { probePauseMs } from './failing.js';
import { RecoveryRepository, type Outage } from './recovery.neo4j.repository.js';

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
    for (const outage of outages) {
      if (outage.failingSince !== null) await this.probe(outage, Date.parse(outage.failingSince));
      else if (before.has(outage.webhookId)) await this.recover(outage.webhookId);
    }
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
