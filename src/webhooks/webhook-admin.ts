import { Inject, Injectable, Logger } from '@nestjs/common';
import { DomainError } from '../common/domain-error.js';
import type { Page, PageRequest } from '../common/page.js';
import { Turns } from '../common/turns.js';
import { unprocessable } from '../common/http/validation.pipe.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import { webhookLocked, webhookNotFound } from '../delivery/model/delivery.errors.js';
import { defaultRetry } from '../delivery/model/retry-policy.js';
import { Backlogs } from '../history/failing/backlog.neo4j.repository.js';
import { keyedCreation } from './creation-key.js';
import { leadsElsewhere, withFormat } from './formats/format-settings.js';
import { changedMeanwhile } from './if-match.js';
import { hasHidden, keptHeaders, maskHeaders } from './webhook-headers.js';
import { newSecret } from './new-secret.js';
import { WebhookRepository, type WebhookFilter } from './webhook.neo4j.repository.js';
import { UNSAID } from './webhook-settings.js';
import { WebhookRules } from './webhook-rules.js';
import type {
  CreatedWebhook,
  CreateWebhook,
  RotatedWebhook,
  SecretRotation,
  Webhook,
  WebhookChange,
  WebhookChanges,
  WebhookSettings,
} from './webhook.js';

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

/**
 * Creates, finds, changes and deletes webhooks, and matches events against what was written. A webhook is changed by
 * what it is at that moment: what is merged is written only over what it was merged with.
 */
@Injectable()
export class WebhookAdmin {
  private readonly logger = new Logger(WebhookAdmin.name);
  /** By webhook, so that changes of one instance need not be tried again. */
  private readonly turns = new Turns();

  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly rules: WebhookRules,
    private readonly registry: EndpointRegistry,
    private readonly backlogs: Backlogs,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** @throws DomainError when something given is not allowed, `idempotency_conflict` */
  async create({ retry, idempotencyKey, ...given }: CreateWebhook): Promise<CreatedWebhook> {
    const keyed = keyedCreation(idempotencyKey, { ...given, retry });
    const settings = { ...UNSAID, ...given, retry: { ...defaultRetry(this.options), ...retry } };
    const { generateSecret, ...rest } = this.rules.applyNew(settings);
    const generated = generateSecret ? { secret: newSecret() } : {};
    const webhook = await this.webhooks.create({ ...rest, ...generated }, keyed);
    await this.announce();
    return keyed ? webhook : { ...webhook, ...generated };
  }

  /** @throws DomainError `webhook_not_found` */
  async get(id: string): Promise<Webhook> {
    const webhook = await this.webhooks.findById(id);
    if (!webhook) throw webhookNotFound(id);
    return webhook;
  }

  async list(filter: WebhookFilter, page: PageRequest): Promise<Page<Webhook>> {
    return this.webhooks.list(filter, page);
  }

  /**
   * @param revisions the webhook must have one of these; undefined = any
   * @throws DomainError `webhook_not_found`, `webhook_changed`, or when something given is not allowed
   */
  async change(id: string, change: WebhookChange, revisions?: readonly string[]): Promise<Webhook> {
    const webhook = await this.turns.take(id, () => this.changeNow(id, change, revisions));
    await this.announce();
    if (!webhook.active) await this.backlogs.endSoon();
    return webhook;
  }

  /** @throws DomainError `webhook_not_found`, `webhook_changed`, or when something given is not allowed */
  async rotateSecret(
    id: string,
    rotation: SecretRotation,
    revisions?: readonly string[],
  ): Promise<RotatedWebhook> {
    const { secret: own, graceMs } = this.rules.applyRotation(rotation);
    const secret = own ?? newSecret();
    // Also where nothing would be written, because it has that secret already.
    assertRevision(await this.get(id), revisions);
    const webhook = await this.webhooks.rotateSecret(id, secret, graceMs, revisions);
    if (!webhook) return this.refuse(id);
    await this.announce();
    return own === null ? { ...webhook, secret } : webhook;
  }

  /** @throws DomainError `webhook_not_found`, `webhook_changed` */
  async delete(id: string, revisions?: readonly string[]): Promise<void> {
    if (!(await this.webhooks.delete(id, revisions))) await this.refuse(id);
    await this.announce();
    await this.backlogs.endSoon();
  }

  /** Nothing was written: it is gone, or not as the caller knows it. */
  private async refuse(id: string): Promise<never> {
    await this.get(id);
    throw changedMeanwhile(id);
  }

  /**
   * Matches against what was just written. It is on disk, so a failure here is none of the caller's: the version of the
   * webhooks was raised with it, and every event that it concerns and that was matched before is matched again.
   */
  private async announce(): Promise<void> {
    await this.registry.refresh().catch((error: unknown) => {
      this.logger.warn(`The webhooks could not be read again: ${String(error)}`);
    });
  }

  private async changeNow(
    id: string,
    change: WebhookChange,
    revisions: readonly string[] | undefined,
  ): Promise<Webhook> {
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const webhook = await this.get(id);
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
}
