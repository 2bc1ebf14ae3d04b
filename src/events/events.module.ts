import { Module } from '@nestjs/common';
import { BodyRoomModule } from '../common/http/body-room.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { EventCatalog } from './event-catalog.js';
import { EventIntake } from './event-intake.js';
import { EventPlanner } from './event-planner.js';
import { EventRecorder } from './event-recorder.js';
import { EventWriter } from './event-writer.js';
import { EventRepository } from './event.neo4j.repository.js';
import { IngestPatience } from './ingest-patience.js';
import { EventSender } from './event-sender.js';

const repositories = [EventRepository];

/** The way in: takes events, matches them with webhooks and writes them with their deliveries. */
@Module({
  imports: [BodyRoomModule, DeliveryModule],
  providers: [
    ...repositories,
    EventCatalog,
    EventIntake,
    EventPlanner,
    EventRecorder,
    EventWriter,
    IngestPatience,
    EventSender,
  ],
  exports: [EventCatalog, EventIntake, EventPlanner, EventRecorder, EventRepository, EventSender],
})
export class EventsModule {}
