import { Module } from '@nestjs/common';
import { Neo4jModule } from '../neo4j/neo4j.module.js';
import { Neo4jEncryptedCredentialsRepository } from './endpoints/encrypted-credentials.neo4j.repository.js';
import { EncryptedCredentialsRepository } from './endpoints/encrypted-credentials.repository.js';
import { EndpointRegistry } from './endpoints/endpoint-registry.js';
import { Neo4jEndpointRepository } from './endpoints/endpoint.neo4j.repository.js';
import { EndpointRepository } from './endpoints/endpoint.repository.js';
import { KeyRotation } from './endpoints/key-rotation.js';
import { WebhookDeactivator } from './endpoints/webhook-deactivator.js';
import { AttemptRunner } from './lanes/attempt-runner.js';
import { DestinationThrottle, schedulerProvider } from './lanes/destination-throttle.js';
import { Dispatcher } from './lanes/dispatcher.js';
import { DueWork } from './lanes/due-work.js';
import { Lanes } from './lanes/lanes.js';
import { MemoryBudget } from './lanes/memory-budget.js';
import { NextTries } from './lanes/next-tries.js';
import { OldestDue } from './lanes/oldest-due.neo4j.repository.js';
import { Paces } from './lanes/paces.js';
import { PauseWatch } from './lanes/pause-watch.js';
import { SlotPool } from './lanes/slot-pool.js';
import { StrayClaimReaper } from './lanes/stray-claim-reaper.js';
import { GivenUpLog } from './outcomes/given-up-log.js';
import { OutcomeRecorder } from './outcomes/outcome-recorder.js';
import { Neo4jOutcomeRepository } from './outcomes/outcome.neo4j.repository.js';
import { OutcomeRepository } from './outcomes/outcome.repository.js';
import { ClaimRelease } from './queue/claim-release.js';
import { ClaimsUnderWay } from './queue/claims-under-way.js';
import { DueIndex } from './queue/due-index.js';
import { InstanceLease } from './queue/instance-lease.js';
import { Neo4jInstanceRepository } from './queue/instance.neo4j.repository.js';
import { InstanceRepository } from './queue/instance.repository.js';
import { Neo4jWorkRepository } from './queue/work.neo4j.repository.js';
import { WorkRepository } from './queue/work.repository.js';
import { SendingModule } from './sending/sending.module.js';

const repositories = [
  { provide: InstanceRepository, useClass: Neo4jInstanceRepository },
  { provide: OutcomeRepository, useClass: Neo4jOutcomeRepository },
  { provide: EncryptedCredentialsRepository, useClass: Neo4jEncryptedCredentialsRepository },
  { provide: EndpointRepository, useClass: Neo4jEndpointRepository },
  { provide: WorkRepository, useClass: Neo4jWorkRepository },
];

/** Sends what waits in the graph. Needs a global module with the options and the clock. */
@Module({
  imports: [Neo4jModule, SendingModule],
  providers: [
    ...repositories,
    AttemptRunner,
    ClaimRelease,
    ClaimsUnderWay,
    DestinationThrottle,
    Dispatcher,
    DueIndex,
    DueWork,
    EndpointRegistry,
    GivenUpLog,
    InstanceLease,
    KeyRotation,
    Lanes,
    MemoryBudget,
    NextTries,
    OldestDue,
    OutcomeRecorder,
    Paces,
    PauseWatch,
    schedulerProvider,
    SlotPool,
    StrayClaimReaper,
    WebhookDeactivator,
  ],
  exports: [
    ClaimsUnderWay,
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
    schedulerProvider,
    SendingModule,
    SlotPool,
    StrayClaimReaper,
    WebhookDeactivator,
    WorkRepository,
  ],
})
export class DeliveryModule {}
