import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { CaptureModule } from '../capture/capture.module.js';
import { RequestValidationPipe } from '../common/http/validation.pipe.js';
import { EngineModule } from '../engine/engine.module.js';
import { InfoRepository } from './info/info.neo4j.repository.js';
import { InfoService } from './info/info.service.js';
import { LookupService } from './lookup/lookup.service.js';
import { WebhookRepository } from './webhook.neo4j.repository.js';
import { WebhookBodyPipe } from './webhook-body.pipe.js';
import { StatisticsReader } from './statistics.js';
import { WebhookAdmin } from './webhook-admin.js';
import { WebhookPatch } from './webhook-patch.js';
import { WebhookPreview } from './webhook-preview.js';
import { WebhookRules } from './webhook-rules.js';
import { WebhookService } from './webhook.service.js';
import { ConfigurableModuleClass } from './webhooks.module-definition.js';

/**
 * Webhooks for a Nest application: `WebhooksModule.forRoot({ … })` or `forRootAsync({ … })`, then inject
 * `WebhookService`. No route is opened, unless `controllers: true` asks for the REST API. Call
 * `app.enableShutdownHooks()`, so that a stop hands back what is in flight.
 */
@Module({
  imports: [AuthModule, CaptureModule, EngineModule],
  providers: [
    WebhookRepository,
    InfoRepository,
    InfoService,
    LookupService,
    RequestValidationPipe,
    WebhookBodyPipe,
    StatisticsReader,
    WebhookAdmin,
    WebhookPatch,
    WebhookPreview,
    WebhookRules,
    WebhookService,
  ],
  exports: [WebhookPreview, WebhookService],
})
export class WebhooksModule extends ConfigurableModuleClass {}
