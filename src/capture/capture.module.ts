import { Module } from '@nestjs/common';
import { EngineModule } from '../engine/engine.module.js';
import { CaptureStatusService } from './capture-status.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxRepository } from './outbox.neo4j.repository.js';
import { OutboxTaker } from './outbox-taker.js';
import { RelayState } from './relay-state.js';

/** Turns changes of the graph, and nodes that ask for an event, into events. */
@Module({
  imports: [EngineModule],
  providers: [CaptureStatusService, OutboxRelay, OutboxRepository, OutboxTaker, RelayState],
  exports: [CaptureStatusService, RelayState],
})
export class CaptureModule {}
