import { Injectable, Optional, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { DeliveryMetrics, NoMetrics } from '../common/metrics/delivery-metrics.js';
import { StoreState } from '../neo4j/store-state.js';
import { Lanes } from '../delivery/lanes/lanes.js';
import { MemoryBudget } from '../delivery/lanes/memory-budget.js';
import { OldestDue } from '../delivery/lanes/due-outlook.neo4j.repository.js';
import { SlotPool } from '../delivery/lanes/slot-pool.js';
import { InstanceLease } from '../delivery/queue/instance-lease.js';
import { DeliveryLog, WebhookCensus } from '../history/log/delivery-log.neo4j.repository.js';

/** What an operator looks at first: whether anything is stuck, and whether what it stands on is there. */
@Injectable()
export class DeliveryGauges implements OnApplicationBootstrap {
  constructor(
    private readonly oldestDue: OldestDue,
    private readonly census: WebhookCensus,
    private readonly lease: InstanceLease,
    private readonly store: StoreState,
    private readonly clock: Clock,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {}

  onApplicationBootstrap(): void {
    this.metrics.gauge('oldest_due_seconds', () => this.oldestDueSeconds());
    this.metrics.gauge('neo4j_up', () => (this.store.trouble ? 0 : 1));
    this.metrics.gauge('instances', () => this.lease.instances);
    this.metrics.webhooks(() => this.census.counts());
  }

  private async oldestDueSeconds(): Promise<number> {
    const at = await this.oldestDue.at();
    return at === null ? 0 : Math.max(0, this.clock.steady() - Date.parse(at)) / 1000;
  }
}

/** How much is under way, and how much waits. */
@Injectable()
export class LoadGauges implements OnApplicationBootstrap {
  constructor(
    private readonly slots: SlotPool,
    private readonly memory: MemoryBudget,
    private readonly lanes: Lanes,
    private readonly log: DeliveryLog,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {}

  onApplicationBootstrap(): void {
    this.metrics.gauge('in_flight', () => this.slots.inFlight);
    this.metrics.gauge('held', () => this.memory.size);
    this.metrics.gauge('open_breakers', () => this.lanes.openBreakers);
    this.metrics.gauge('backlog', async () => (await this.log.statistics()).pendingDeliveries);
  }
}
