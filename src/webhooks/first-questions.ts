import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WarmUp } from '../engine/warm-up.js';
import { Activity } from '../history/activity/activity.js';
import { InfoService } from './info/info.service.js';
import { toWebhookFilter, toWebhookPage } from './webhook-filter.js';
import { WebhookService } from './webhook.service.js';

/**
 * What the console asks when somebody opens it, as well as `basset-webhooks status`: asked once by the service itself
 * after its start, so that nobody waits until Neo4j has planned it. With the words of the routes: a value that is null
 * has another plan than one that is there.
 */
@Injectable()
export class FirstQuestions implements OnModuleInit {
  constructor(
    private readonly warmUp: WarmUp,
    private readonly service: WebhookService,
    private readonly activity: Activity,
    private readonly info: InfoService,
  ) {}

  onModuleInit(): void {
    const { warmUp, service, activity, info } = this;
    const withoutBodies = { bodies: false };
    warmUp.ask(() => service.listDeliveries({}, undefined, withoutBodies));
    warmUp.ask(() => service.listWebhooks(toWebhookFilter({}), toWebhookPage({})));
    warmUp.ask(() => service.getStats());
    warmUp.ask(() => service.listDeliveries({ status: 'failed' }, undefined, withoutBodies));
    warmUp.ask(() => activity.buckets({}, 'hour'));
    warmUp.ask(() => activity.byWebhook({}));
    warmUp.ask(() => info.facts());
  }
}
