import { Module } from '@nestjs/common';
import { BodyRoomModule } from '../common/http/body-room.js';
import { Neo4jModule } from '../neo4j/neo4j.module.js';
import { DeliveryEngine } from './delivery-engine.js';
import { DeliveryGauges } from './delivery-gauges.js';
import { AttemptRunner } from './dispatch/attempt-runner.js';
import { ClaimAudit } from './dispatch/claim-audit.js';
import { ClaimsUnderWay } from './dispatch/claims-under-way.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { DueTimes } from './dispatch/due-times.js';
import { DueWork } from './dispatch/due-work.js';
import { HeldWork } from './dispatch/held-work.js';
import { Lanes } from './dispatch/lanes.js';
import { ManualDelivery } from './dispatch/manual-delivery.js';
import { NextTries } from './dispatch/next-tries.js';
import { OldestDue } from './dispatch/oldest-due.neo4j.repository.js';
import { PauseWatch } from './dispatch/pause-watch.js';
import { SlotPool } from './dispatch/slot-pool.js';
import { Neo4jWorkRepository } from './dispatch/work.neo4j.repository.js';
import { WorkRepository } from './dispatch/work.repository.js';
import { WorkReturns } from './dispatch/work-returns.js';
import { EventCatalog } from './events/event-catalog.js';
import { EventPlanner } from './events/event-planner.js';
import { EventRecorder } from './events/event-recorder.js';
import { EventWriter } from './events/event-writer.js';
import { Neo4jEventRepository } from './events/event.neo4j.repository.js';
import { EventRepository } from './events/event.repository.js';
import { IngestPatience } from './events/ingest-patience.js';
import { Backlogs } from './failing/backlogs.js';
import { Neo4jBacklogRepository } from './failing/backlog.neo4j.repository.js';
import { BacklogRepository } from './failing/backlog.repository.js';
import { FailingWatch } from './failing/failing-watch.js';
import { Neo4jFailingRepository } from './failing/failing.neo4j.repository.js';
import { FailingRepository } from './failing/failing.repository.js';
import { HealthNotices } from './failing/health-notices.js';
import { LostDeliveries } from './failing/lost-deliveries.js';
import { OutageRecovery } from './failing/outage-recovery.js';
import { Neo4jRecoveryRepository } from './failing/recovery.neo4j.repository.js';
import { RecoveryRepository } from './failing/recovery.repository.js';
import { HistoryEraser } from './history/history-eraser.js';
import { HistorySweeper } from './history/history-sweeper.js';
import { Neo4jHistoryRepository } from './history/history.neo4j.repository.js';
import { HistoryRepository } from './history/history.repository.js';
import { InstanceLease } from './instances/instance-lease.js';
import { Neo4jInstanceRepository } from './instances/instance.neo4j.repository.js';
import { InstanceRepository } from './instances/instance.repository.js';
import { DeliveryLog } from './log/delivery-log.js';
import { Neo4jDeliveryLog } from './log/delivery-log.neo4j.repository.js';
import { DeliveryTrail } from './log/delivery-trail.neo4j.repository.js';
import { GivenUpLog } from './outcomes/given-up-log.js';
import { OutcomeRecorder } from './outcomes/outcome-recorder.js';
import { Neo4jOutcomeRepository } from './outcomes/outcome.neo4j.repository.js';
import { OutcomeRepository } from './outcomes/outcome.repository.js';
import { SendingModule } from './sending/sending.module.js';
import { KeyRotation } from './subscriptions/key-rotation.js';
import { Neo4jSealedRepository } from './subscriptions/sealed.neo4j.repository.js';
import { SealedRepository } from './subscriptions/sealed.repository.js';
import { SubscriptionRegistry } from './subscriptions/subscription-registry.js';
import { Neo4jTargetRepository } from './subscriptions/target.neo4j.repository.js';
import { TargetRepository } from './subscriptions/target.repository.js';
import { WebhookDeactivator } from './subscriptions/webhook-deactivator.js';
import { DestinationThrottle, schedulerProvider } from './throttle/destination-throttle.js';
import { Paces } from './throttle/paces.js';
import { WebhookCensus } from './webhook-census.neo4j.repository.js';

const repositories = [
  { provide: BacklogRepository, useClass: Neo4jBacklogRepository },
  { provide: DeliveryLog, useClass: Neo4jDeliveryLog },
  { provide: EventRepository, useClass: Neo4jEventRepository },
  { provide: FailingRepository, useClass: Neo4jFailingRepository },
  { provide: HistoryRepository, useClass: Neo4jHistoryRepository },
  { provide: InstanceRepository, useClass: Neo4jInstanceRepository },
  { provide: OutcomeRepository, useClass: Neo4jOutcomeRepository },
  { provide: SealedRepository, useClass: Neo4jSealedRepository },
  { provide: RecoveryRepository, useClass: Neo4jRecoveryRepository },
  { provide: TargetRepository, useClass: Neo4jTargetRepository },
  { provide: WorkRepository, useClass: Neo4jWorkRepository },
];

/** Records events, matches them with webhooks and delivers them. Needs a global module with the options and the clock. */
@Module({
  imports: [BodyRoomModule, Neo4jModule, SendingModule],
  providers: [
    ...repositories,
    schedulerProvider,
    AttemptRunner,
    Backlogs,
    ClaimAudit,
    ClaimsUnderWay,
    DeliveryEngine,
    DeliveryGauges,
    DeliveryTrail,
    DestinationThrottle,
    Dispatcher,
    DueTimes,
    DueWork,
    EventCatalog,
    EventPlanner,
    EventRecorder,
    EventWriter,
    FailingWatch,
    GivenUpLog,
    HealthNotices,
    HeldWork,
    HistoryEraser,
    HistorySweeper,
    IngestPatience,
    InstanceLease,
    KeyRotation,
    Lanes,
    LostDeliveries,
    ManualDelivery,
    NextTries,
    OldestDue,
    OutageRecovery,
    OutcomeRecorder,
    Paces,
    PauseWatch,
    SlotPool,
    SubscriptionRegistry,
    WebhookCensus,
    WebhookDeactivator,
    WorkReturns,
  ],
  exports: [
    Backlogs,
    DeliveryEngine,
    schedulerProvider,
    ClaimsUnderWay,
    DeliveryLog,
    DeliveryTrail,
    Dispatcher,
    EventCatalog,
    EventPlanner,
    EventRecorder,
    EventRepository,
    HistoryEraser,
    InstanceLease,
    Lanes,
    LostDeliveries,
    ManualDelivery,
    Neo4jModule,
    NextTries,
    OldestDue,
    SendingModule,
    SubscriptionRegistry,
  ],
})
export class DeliveryModule {}
