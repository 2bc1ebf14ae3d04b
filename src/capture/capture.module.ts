import { Module } from '@nestjs/common';
import { EngineModule } from '../engine/engine.module.js';
import { ApocCapture } from './apoc-capture.js';
import { ApocRepository } from './apoc.neo4j.repository.js';
import { CaptureLoops } from './capture-loops.js';
import { CaptureStatusService } from './capture-status.js';
import { CaptureWatch } from './capture-watch.js';
import { ChangeRelay } from './change-relay.js';
import { EmissionRelay } from './emission-relay.js';
import { KnownRepository } from './known.neo4j.repository.js';
import { OutboxGauges } from './outbox-gauges.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxRepository } from './outbox.neo4j.repository.js';
import { OutboxTaker } from './outbox-taker.js';
import { RelayLease } from './relay-lease.js';
import { RelayState } from './relay-state.js';
import { RepairScan } from './repair-scan.js';
import { SetAside } from './set-aside.js';

/** Turns changes of the graph, and nodes that ask for an event, into events. */
@Module({
  imports: [EngineModule],
  providers: [
    ApocCapture,
    ApocRepository,
    CaptureLoops,
    CaptureStatusService,
    CaptureWatch,
    ChangeRelay,
    EmissionRelay,
    KnownRepository,
    OutboxGauges,
    OutboxRelay,
    OutboxRepository,
    OutboxTaker,
    RelayLease,
    RelayState,
    RepairScan,
    SetAside,
  ],
  exports: [CaptureStatusService],
})
export class CaptureModule {}
