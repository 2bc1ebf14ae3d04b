import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { EventsModule } from '../events/events.module.js';
import { Activity } from './activity/activity.js';
import { ActivityRepository } from './activity/activity.neo4j.repository.js';
import { HistoryEraser, HistorySweeper } from './eviction/history-sweeper.js';
import { HistoryRepository } from './eviction/history.neo4j.repository.js';
import { BacklogRepository } from './failing/backlog.neo4j.repository.js';
import { Backlogs } from './failing/backlogs.js';
import { FailingWatch, FailingWebhooks } from './failing/failing-watch.js';
import { FailingRepository } from './failing/failing.neo4j.repository.js';
import { HealthNotices } from './failing/health-notices.js';
import { LostDeliveries } from './failing/lost-deliveries.js';
import { OutageRecovery } from './failing/outage-recovery.js';
import { RecoveryRepository } from './failing/recovery.neo4j.repository.js';
import { DeliveryLog } from './log/delivery-log.neo4j.repository.js';
import { DeliveryTrail } from './log/delivery-trail.neo4j.repository.js';
import { ManualDelivery } from './manual-delivery.js';
import { WebhookCensus } from './webhook-census.neo4j.repository.js';

const repositories = [
  BacklogRepository,
  DeliveryLog,
  FailingRepository,
  HistoryRepository,
  RecoveryRepository,
];

/** What became of deliveries: their log, what fails and what is recovered, what is kept and for how long. */
@Module({
  imports: [DeliveryModule, EventsModule],
  providers: [
    ...repositories,
    Activity,
    ActivityRepository,
    Backlogs,
    DeliveryTrail,
    FailingWatch,
    FailingWebhooks,
    HealthNotices,
    HistoryEraser,
    HistorySweeper,
    LostDeliveries,
    ManualDelivery,
    OutageRecovery,
    WebhookCensus,
  ],
  exports: [
    Activity,
    Backlogs,
    DeliveryLog,
    DeliveryTrail,
    FailingWatch,
    HistoryEraser,
    HistorySweeper,
    LostDeliveries,
    ManualDelivery,
    WebhookCensus,
  ],
})
export class HistoryModule {}
