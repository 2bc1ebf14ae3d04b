import { Module } from '@nestjs/common';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { EventsModule } from '../events/events.module.js';
import { HistoryModule } from '../history/history.module.js';
import { DeliveryEngine } from './delivery-engine.js';
import { DeliveryGauges, LoadGauges } from './delivery-gauges.js';
import { Heartbeats } from './heartbeats.js';
import { Housekeeping } from './housekeeping.js';
import { RehearsalRepository } from './rehearsal.neo4j.repository.js';
import { WarmUp } from './warm-up.js';

/** Starts and stops what goes by itself. Needs a global module with the options and the clock. */
@Module({
  imports: [DeliveryModule, EventsModule, HistoryModule],
  providers: [
    DeliveryEngine,
    DeliveryGauges,
    Heartbeats,
    Housekeeping,
    LoadGauges,
    RehearsalRepository,
    WarmUp,
  ],
  exports: [DeliveryEngine, DeliveryModule, EventsModule, HistoryModule, WarmUp],
})
export class EngineModule {}
