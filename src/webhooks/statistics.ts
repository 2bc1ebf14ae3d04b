import { Injectable } from '@nestjs/common';
import { OldestDue } from '../delivery/lanes/due-outlook.neo4j.repository.js';
import { DeliveryLog } from '../history/log/delivery-log.neo4j.repository.js';
import type { DeliveryStatistics } from '../history/log/log-query.js';
import { WebhookRepository } from './webhook.neo4j.repository.js';

export interface Statistics extends DeliveryStatistics {
  readonly activeWebhooks: number;
  readonly totalWebhooks: number;
  /** RFC 3339: since when the delivery that waits the longest has been due; null = nothing is. */
  readonly oldestDueAt: string | null;
}

/** What there is, in numbers. */
@Injectable()
export class StatisticsReader {
  constructor(
    private readonly log: DeliveryLog,
    private readonly webhooks: WebhookRepository,
    private readonly oldestDue: OldestDue,
  ) {}

  async read(): Promise<Statistics> {
    const [statistics, { active, total }, oldestDueAt] = await Promise.all([
      this.log.statistics(),
      this.webhooks.counts(),
      this.oldestDue.at(),
    ]);
    return { ...statistics, activeWebhooks: active, totalWebhooks: total, oldestDueAt };
  }
}
