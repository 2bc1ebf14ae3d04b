import { ConfigurableModuleBuilder, type DynamicModule } from '@nestjs/common';
import { OpenDoorNotice } from '../auth/open-door.notice.js';
import { CaptureController } from '../capture/capture.controller.js';
import { OptionsModule } from '../config/options.module.js';
import type { GivenOptions } from '../config/service-options.js';
import { ActivityController } from './lookup/activity.controller.js';
import { DeliveriesController } from './deliveries.controller.js';
import { EventsController } from '../events/events.controller.js';
import { FirstQuestions } from './first-questions.js';
import { FormatsController } from './formats/formats.controller.js';
import { InfoController } from './info/info.controller.js';
import { LookupController } from './lookup/lookup.controller.js';
import { ProjectWebhooksController } from './project-webhooks.controller.js';
import { WebhooksController } from './webhooks.controller.js';

/** What a consuming application says; everything has a default. */
export type WebhooksModuleOptions = GivenOptions;

export interface WebhooksModuleExtras {
  /**
   * Whether the REST endpoints are part of the application: `/events`, `/webhooks`, `/projects/{id}/webhooks` and
   * `/info`, below its global prefix. They bring their guards: see `apiKeys`, `allowAnonymous` and `corsOrigins`. @default false
   */
  readonly controllers?: boolean;
}

const OPTIONS_TOKEN = Symbol('WEBHOOKS_MODULE_OPTIONS');

/** The literal paths below `webhooks/` come first: they win over `webhooks/:webhook_id`. */
const CONTROLLERS = [
  ActivityController,
  EventsController,
  FormatsController,
  LookupController,
  DeliveriesController,
  WebhooksController,
  ProjectWebhooksController,
  InfoController,
  CaptureController,
];

/** The options go into a global module of their own: the delivery engine and the graph need them, too. */
function withOptions(definition: DynamicModule, { controllers }: WebhooksModuleExtras): DynamicModule {
  const { module, imports = [], providers = [] } = definition;
  return {
    module,
    imports: [OptionsModule.from(OPTIONS_TOKEN, providers, imports)],
    ...(controllers === true && { controllers: CONTROLLERS, providers: [FirstQuestions, OpenDoorNotice] }),
  };
}

export const { ConfigurableModuleClass, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<WebhooksModuleOptions>({ optionsInjectionToken: OPTIONS_TOKEN })
    .setClassMethodName('forRoot')
    .setExtras<WebhooksModuleExtras>({ controllers: false }, withOptions)
    .build();
