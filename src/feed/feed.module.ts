import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { RequestValidationPipe } from '../common/http/validation.pipe.js';
import { EngineModule } from '../engine/engine.module.js';
import { Feed } from './feed.js';
import { FeedController } from './feed.controller.js';
import { WebhookStates } from './webhook-states.neo4j.repository.js';

/** What happens, live, for those who watch. */
@Module({
  imports: [AuthModule, EngineModule],
  controllers: [FeedController],
  providers: [Feed, RequestValidationPipe, WebhookStates],
})
export class FeedModule {}
