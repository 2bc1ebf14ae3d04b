import { Module } from '@nestjs/common';
import { Neo4jModule } from '../neo4j/neo4j.module.js';
import { EncryptedCredentialsRepository, KeyRotation } from './endpoints/key-rotation.neo4j.repository.js';
import { EndpointRegistry } from './endpoints/endpoint-registry.js';
import { EndpointRepository } from './endpoints/endpoint.neo4j.repository.js';
import { WebhookDeactivator } from './endpoints/webhook-deactivator.js';
import { AttemptRunner } from './lanes/attempt-runner.js';
import { DestinationThrottle } from './lanes/destination-throttle.js';
import { ClaimPlan } from './lanes/claim-plan.js';
import { Conclusions } from './lanes/conclusions.js';
import { Dispatcher } from './lanes/dispatcher.js';
import { DueWork } from './lanes/due-work.js';
import { LaneQueues } from './lanes/lane-queues.js';
import { Lanes } from './lanes/lanes.js';
import { MemoryBudget } from './lanes/memory-budget.js';
import { NextTries, OldestDue } from './lanes/due-outlook.neo4j.repository.js';
import { Paces } from './lanes/paces.js';
import { PauseWatch } from './lanes/pause-watch.js';
import { SlotPool } from './lanes/slot-pool.js';
import { StrayClaimReaper } from './lanes/stray-claim-reaper.js';
import { GivenUpLog } from './outcomes/given-up-log.js';
import { OutcomeRecorder } from './outcomes/outcome-recorder.js';
import { OutcomeRepository } from './outcomes/outcome.neo4j.repository.js';
import { ClaimRelease } from './queue/claim-release.js';
import { DueIndex } from './queue/due-index.js';
import { InstanceLease } from './queue/instance-lease.js';
import { InstanceRepository } from './queue/instance.neo4j.repository.js';
import { WorkRepository } from './queue/work.neo4j.repository.js';
import { SendingModule } from './sending/sending.module.js';

const repositories = [
  InstanceRepository,
  OutcomeRepository,
  EncryptedCredentialsRepository,
  EndpointRepository,
  WorkRepository,
];

/** Sends what waits in the graph. Needs a global module with the options and the clock. */
@Module({
  imports: [Neo4jModule, SendingModule],
  providers: [
    ...repositories,
    AttemptRunner,
    ClaimPlan,
    ClaimRelease,
    Conclusions,
    DestinationThrottle,
    Dispatcher,
    DueIndex,
    DueWork,
    EndpointRegistry,
    GivenUpLog,
    InstanceLease,
    KeyRotation,
    LaneQueues,
    Lanes,
    MemoryBudget,
    NextTries,
    OldestDue,
    OutcomeRecorder,
    Paces,
    PauseWatch,
    SlotPool,
    StrayClaimReaper,
    WebhookDeactivator,
  ],
  exports: [
    Dispatcher,
    DueIndex,
    DueWork,
    EndpointRegistry,
    InstanceLease,
    Lanes,
    MemoryBudget,
    Neo4jModule,
    NextTries,
    OldestDue,
    PauseWatch,
    SendingModule,
    SlotPool,
    StrayClaimReaper,
    WebhookDeactivator,
    WorkRepository,
  ],
})
export class DeliveryModule {}
