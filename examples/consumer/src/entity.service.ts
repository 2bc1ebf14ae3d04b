import { Injectable } from '@nestjs/common';
import { WebhookService } from 'basset-hound-webhooks';

// An event type of this application, beside the built-in ones.
declare module 'basset-hound-webhooks' {
  interface CustomEventTypes {
    'case.closed': true;
  }
}

/** Does its work and tells about it. */
@Injectable()
export class EntityService {
  constructor(private readonly webhooks: WebhookService) {}

  /** Resolves when the event is on disk. */
  async create(projectId: string, id: string): Promise<void> {
    await this.webhooks.sendEvent('entity.created', { projectId, data: { entity_id: id, type: 'person' } });
  }

  async closeCase(projectId: string): Promise<void> {
    await this.webhooks.sendEvent('case.closed', { projectId, data: {} });
  }
}
