import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import { EventRecorder } from '../../events/event-recorder.js';
import type { FailingWebhook } from './failing.js';
import type { Deactivation } from './failing.neo4j.repository.js';

const EVENT = 'system.health';

/** The `data` of such an event: who, what and since when; no URL, which may hold credentials. */
interface Notice {
  readonly kind: 'webhook.disabled' | 'webhook.failing' | 'webhook.recovered';
  readonly reason: string;
  readonly [fact: string]: string;
}

/**
 * Tells the subscribers of `system.health` what happened to a webhook, but never that webhook. The idempotency key
 * names the change of state, so what two instances tell, or one tells again after a crash, is one event.
 */
@Injectable()
export class HealthNotices {
  constructor(private readonly recorder: EventRecorder) {}

  async disabled(webhook: Deactivation): Promise<void> {
    const { reason, cause, at } = webhook;
    await this.tell(webhook, at, { kind: 'webhook.disabled', reason, cause, disabled_at: at });
  }

  async failing(webhook: FailingWebhook, since: string, threshold: number): Promise<void> {
    const reason = `${threshold} attempts in a row failed; only probes go out until one succeeds`;
    await this.tell(webhook, since, { kind: 'webhook.failing', reason, failing_since: since });
  }

  async recovered(webhook: FailingWebhook, since: string): Promise<void> {
    const reason = 'the endpoint answers again';
    await this.tell(webhook, since, { kind: 'webhook.recovered', reason, failing_since: since });
  }

  private async tell(
    { webhookId, name, projectId }: Pick<FailingWebhook, 'webhookId' | 'name' | 'projectId'>,
    since: string,
    { kind, ...facts }: Notice,
  ): Promise<void> {
    const data = { kind, webhook_id: webhookId, webhook_name: name, ...facts };
    const idempotencyKey = `basset-hound:${kind}:${webhookId}:${since}`;
    const common = { event: EVENT, projectId, dataJson: JSON.stringify(data), timestamp: null, id: null };
    try {
      await this.recorder.record([{ ...common, idempotencyKey, exceptWebhookId: webhookId }]);
    } catch (error) {
      // Told already, when the webhook had another name.
      if (!(error instanceof DomainError && error.code === 'idempotency_conflict')) throw error;
    }
  }
}
