import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { EventsModule } from '../events/events.module.js';
import { Activity } from './activity/activity.js';
import { ActivityRepository } from './activity/activity.neo4j.repository.js';
import { HistoryEraser, HistorySweeper } from './eviction/history-sweeper.js';
import { HistoryRepository } from './eviction/history.neo4j.repository.js';
import { BacklogRepository, Backlogs } from './failing/backlog.neo4j.repository.js';
import { FailingWatch, FailingWebhooks, HealthNotices } from './failing/failing-watch.js';
import { FailingRepository } from './failing/failing.neo4j.repository.js';
import { LostDeliveries, OutageRecovery } from './failing/recovery.js';
import { RecoveryRepository } from './failing/recovery.neo4j.repository.js';
import { DeliveryLog, WebhookCensus } from './log/delivery-log.neo4j.repository.js';
import { DeliveryTrail } from './log/delivery-trail.neo4j.repository.js';
import { LostTallies } from './tallies/lost-tallies.js';
import { TallyRepository } from './tallies/tally.neo4j.repository.js';
import { ManualDelivery } from './manual-delivery.js';

const repositories = [
  BacklogRepository,
  DeliveryLog,
  FailingRepository,
  HistoryRepository,
  RecoveryRepository,
  TallyRepository,
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
    LostTallies,
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
    LostTallies,
    ManualDelivery,
    WebhookCensus,
  ],
})
export class HistoryModule {}
