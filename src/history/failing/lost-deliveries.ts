import { Injectable, Logger } from '@nestjs/common';
import { shuttingDown, webhookInactive, webhookNotFound } from '../../delivery/model/delivery.errors.js';
import { DueIndex } from '../../delivery/queue/due-index.js';
import { Lanes } from '../../delivery/lanes/lanes.js';
import { InstanceLease } from '../../delivery/queue/instance-lease.js';
import { EndpointRegistry } from '../../delivery/endpoints/endpoint-registry.js';
import { Backlogs } from './backlogs.js';
import { RecoveryRepository, type LostRange } from './recovery.neo4j.repository.js';

const BATCH = 500;
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
    const target = this.registry.get(webhookId);
    if (!target) throw webhookNotFound(webhookId);
    if (!target.active) throw webhookInactive();
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
