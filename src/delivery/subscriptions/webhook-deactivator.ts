import { Injectable, Logger } from '@nestjs/common';
import { SubscriptionRegistry } from './subscription-registry.js';
import { TargetRepository } from './target.repository.js';

/** Switches webhooks off on the service's own account, with the reason on the record and in the log. */
@Injectable()
export class WebhookDeactivator {
  private readonly logger = new Logger(WebhookDeactivator.name);

  constructor(
    private readonly repository: TargetRepository,
    private readonly registry: SubscriptionRegistry,
  ) {}

  async deactivate(webhookId: string, reason: string): Promise<void> {
    if (!(await this.repository.deactivate(webhookId, reason))) return;
    await this.registry.refresh();
    this.logger.warn(`Webhook ${webhookId} was switched off: ${reason}`);
  }
}
