import { Injectable, Optional, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { FreshAnswer } from '../common/fresh-answer.js';
import { DeliveryMetrics, NoMetrics } from '../common/metrics/delivery-metrics.js';
import { OutboxRepository, type OutboxStatus } from './outbox.neo4j.repository.js';

/** One question to the graph for all gauges of a scrape. */
const FRESH_MS = 1000;

/** Whether the outbox is worked off, and whether anything was missed. */
@Injectable()
export class OutboxGauges implements OnApplicationBootstrap {
  private readonly status: FreshAnswer<OutboxStatus>;

  constructor(
    repository: OutboxRepository,
    private readonly clock: Clock,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {
    this.status = new FreshAnswer(
      () => repository.status(),
      FRESH_MS,
      () => clock.monotonic(),
    );
  }

  onApplicationBootstrap(): void {
    this.metrics.gauge('outbox_waiting', async () => (await this.status.get()).rowsWaiting);
    this.metrics.gauge('outbox_oldest_seconds', async () => this.since((await this.status.get()).oldestAt));
    this.metrics.gauge('capture_gap_seconds', async () => this.since((await this.status.get()).gapSince));
  }

  /** The clocks of this machine and of Neo4j's may differ a little. */
  private since(time: string | null): number {
    return time === null ? 0 : Math.max(0, this.clock.now() - Date.parse(time)) / 1000;
  }
}
