import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { EventsModule } from '../events/events.module.js';
import { Activity } from './activity/activity.js';
import { ActivityRepository } from './activity/activity.neo4j.repository.js';
import { HistoryEraser } from './eviction/history-eraser.js';
import { HistorySweeper } from './eviction/history-sweeper.js';
import { Neo4jHistoryRepository } from './eviction/history.neo4j.repository.js';
import { HistoryRepository } from './eviction/history.repository.js';
import { Neo4jBacklogRepository } from './failing/backlog.neo4j.repository.js';
import { BacklogRepository } from './failing/backlog.repository.js';
import { Backlogs } from './failing/backlogs.js';
import { FailingWatch } from './failing/failing-watch.js';
import { Neo4jFailingRepository } from './failing/failing.neo4j.repository.js';
import { FailingRepository } from './failing/failing.repository.js';
import { HealthNotices } from './failing/health-notices.js';
import { LostDeliveries } from './failing/lost-deliveries.js';
import { OutageRecovery } from './failing/outage-recovery.js';
import { Neo4jRecoveryRepository } from './failing/recovery.neo4j.repository.js';
import { RecoveryRepository } from './failing/recovery.repository.js';
import { DeliveryLog } from './log/delivery-log.js';
import { Neo4jDeliveryLog } from './log/delivery-log.neo4j.repository.js';
import { DeliveryTrail } from './log/delivery-trail.neo4j.repository.js';
import { ManualDelivery } from './manual-delivery.js';
import { WebhookCensus } from './webhook-census.neo4j.repository.js';

const repositories = [
  { provide: BacklogRepository, useClass: Neo4jBacklogRepository },
  { provide: DeliveryLog, useClass: Neo4jDeliveryLog },
  { provide: FailingRepository, useClass: Neo4jFailingRepository },
  { provide: HistoryRepository, useClass: Neo4jHistoryRepository },
  { provide: RecoveryRepository, useClass: Neo4jRecoveryRepository },
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
