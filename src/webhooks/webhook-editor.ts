import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../common/domain-error.js';
import { unprocessable } from '../common/http/validation.pipe.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { webhookLocked, webhookNotFound } from '../delivery/model/delivery.errors.js';
import { defaultRetry } from '../delivery/model/retry-policy.js';
import { leadsElsewhere, withFormat } from './formats/format-settings.js';
import { changedMeanwhile } from './if-match.js';
import { hasHidden, keptHeaders, maskHeaders } from './webhook-headers.js';
import { WebhookRepository } from './webhook.neo4j.repository.js';
import { WebhookRules } from './webhook-rules.js';
import type { RotatedWebhook, Webhook, WebhookChange, WebhookChanges, WebhookSettings } from './webhook.js';

/** Other instances that come in between so often in a row are a fault; those of this one wait for their turn. */
const MAX_ROUNDS = 20;

/** Headers with the values that they keep: they come back as they were shown, or are not spoken of. */
function withKept(changes: WebhookChanges, webhook: Webhook): WebhookChanges {
  const elsewhere = leadsElsewhere(changes, webhook);
  const given = changes.headers ?? (elsewhere ? maskHeaders(webhook.headers) : {});
  if (webhook.locked && (hasHidden(given) || (elsewhere && !changes.headers)))
    throw webhookLocked(webhook.id);
  if (!hasHidden(given)) return changes;
  const { headers, problems } = keptHeaders(given, webhook.headers, elsewhere);
  if (problems.length > 0) throw unprocessable(problems);
  return { ...changes, headers };
}

function assertRevision({ id, revision }: Webhook, revisions: readonly string[] | undefined): void {
  if (revisions && !revisions.includes(revision)) throw changedMeanwhile(id);
}

/** Changes a webhook by what it is at that moment: what is merged is written only over what it was merged with. */
@Injectable()
export class WebhookEditor {
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly rules: WebhookRules,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /**
   * @param revisions the webhook must have one of these; undefined = any
   * @throws DomainError `webhook_not_found`, `webhook_changed`, or when something given is not allowed
   */
  async change(id: string, change: WebhookChange, revisions?: readonly string[]): Promise<Webhook> {
    return this.inTurn(id, () => this.changeNow(id, change, revisions));
  }

  /** @throws DomainError `webhook_not_found`, `webhook_changed` */
  async rotateSecret(
    id: string,
    secret: string,
    graceMs: number,
    revisions?: readonly string[],
  ): Promise<RotatedWebhook> {
    // Also where nothing would be written, because it has that secret already.
    assertRevision(await this.existing(id), revisions);
    const webhook = await this.webhooks.rotateSecret(id, secret, graceMs, revisions);
    return webhook ?? this.refuse(id);
  }

  /** @throws DomainError `webhook_not_found`, `webhook_changed` */
  async delete(id: string, revisions?: readonly string[]): Promise<void> {
    if (!(await this.webhooks.delete(id, revisions))) await this.refuse(id);
  }

  /** Nothing was written: it is gone, or not as the caller knows it. */
  private async refuse(id: string): Promise<never> {
    await this.existing(id);
    throw changedMeanwhile(id);
  }

  private async existing(id: string): Promise<Webhook> {
    const webhook = await this.webhooks.findById(id);
    if (!webhook) throw webhookNotFound(id);
    return webhook;
  }

  private async changeNow(
    id: string,
    change: WebhookChange,
    revisions: readonly string[] | undefined,
  ): Promise<Webhook> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const webhook = await this.existing(id);
      assertRevision(webhook, revisions);
      const changes = typeof change === 'function' ? await change(webhook) : change;
      const checked = this.rules.apply(this.complete(withKept(changes, webhook)));
      const changed = await this.webhooks.update(id, withFormat(checked, webhook), webhook.revision);
      if (changed) return changed;
    }
    throw new DomainError(
      'unavailable',
      'webhook_busy',
      `Webhook '${id}' is being changed by others; try again`,
    );
  }

  private complete({ retry, ...changes }: WebhookChanges): Partial<WebhookSettings> {
    return retry ? { ...changes, retry: { ...defaultRetry(this.options), ...retry } } : changes;
  }

  /** One change after the other of each webhook, so that those of one instance need not be tried again. */
  private async inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.turns.get(id) ?? Promise.resolve()).then(work);
    const over = turn.then(
      () => undefined,
      () => undefined,
    );
    this.turns.set(id, over);
    try {
      return await turn;
    } finally {
      if (this.turns.get(id) === over) this.turns.delete(id);
    }
  }
}
