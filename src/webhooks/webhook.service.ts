import { Inject, Injectable, Logger } from '@nestjs/common';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import type { Page, PageRequest } from '../common/page.js';
import type { Delivery } from '../delivery/model/delivery.js';
import { deliveryNotFound, webhookNotFound } from '../delivery/model/delivery.errors.js';
import { ManualDelivery } from '../history/manual-delivery.js';
import { OldestDue } from '../delivery/lanes/oldest-due.neo4j.repository.js';
import type { EventType } from '../events/event-types.js';
import type { RecordedEvent } from '../events/new-event.js';
import { Backlogs } from '../history/failing/backlogs.js';
import { LostDeliveries } from '../history/failing/lost-deliveries.js';
import type { LostRange } from '../history/failing/recovery.neo4j.repository.js';
import { HistoryEraser } from '../history/eviction/history-sweeper.js';
import { DeliveryLog } from '../history/log/delivery-log.neo4j.repository.js';
import type {
  DeliveryFilter,
  DeliveryPage,
  DeliveryStatistics,
  ListOptions,
} from '../history/log/log-query.js';
import { Activity } from '../history/activity/activity.js';
import { defaultRetry } from '../delivery/model/retry-policy.js';
import { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import { EventIntake, type EventToSend } from '../events/event-intake.js';
import { WebhookRepository, type WebhookFilter } from './webhook.neo4j.repository.js';
import { keyedCreation } from './creation-key.js';
import { newSecret } from './new-secret.js';
import { toTimeRange } from './time-range.js';
import { TransactionalEmit, type SendOptions } from '../events/transactional-emit.js';
import { WebhookEditor } from './webhook-editor.js';
import { UNSAID } from './webhook-settings.js';
import { WebhookRules } from './webhook-rules.js';
import type {
  CreatedWebhook,
  CreateWebhook,
  RotatedWebhook,
  SecretRotation,
  Webhook,
  WebhookChange,
} from './webhook.js';

export interface Statistics extends DeliveryStatistics {
  readonly activeWebhooks: number;
  readonly totalWebhooks: number;
  /** RFC 3339: since when the delivery that waits the longest has been due; null = nothing is. */
  readonly oldestDueAt: string | null;
}

const FIRST_PAGE: PageRequest = { limit: 50 };

/** Webhooks, events and deliveries for other Nest modules: everything that the REST API offers. */
@Injectable()
export class WebhookService {
  private readonly audit = new Logger('Audit');
  private readonly logger = new Logger(WebhookService.name);

  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly rules: WebhookRules,
    private readonly editor: WebhookEditor,
    private readonly intake: EventIntake,
    private readonly transactional: TransactionalEmit,
    private readonly registry: EndpointRegistry,
    private readonly log: DeliveryLog,
    private readonly manual: ManualDelivery,
    private readonly eraser: HistoryEraser,
    private readonly lost: LostDeliveries,
    private readonly backlogs: Backlogs,
    private readonly oldestDue: OldestDue,
    private readonly activity: Activity,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** @throws DomainError when something given is not allowed, `idempotency_conflict` */
  async createWebhook({ retry, idempotencyKey, ...given }: CreateWebhook): Promise<CreatedWebhook> {
    const keyed = keyedCreation(idempotencyKey, { ...given, retry });
    const settings = { ...UNSAID, ...given, retry: { ...defaultRetry(this.options), ...retry } };
    const { generateSecret, ...rest } = this.rules.applyNew(settings);
    const generated = generateSecret ? { secret: newSecret() } : {};
    const webhook = await this.webhooks.create({ ...rest, ...generated }, keyed);
    await this.announce();
    return keyed ? webhook : { ...webhook, ...generated };
  }

  /** @throws DomainError `webhook_not_found` */
  async getWebhook(id: string): Promise<Webhook> {
    const webhook = await this.webhooks.findById(id);
    if (!webhook) throw webhookNotFound(id);
    return webhook;
  }

  /** In the order of creation; with a project its webhooks and the global ones. */
  async listWebhooks(
    filter: Partial<WebhookFilter> = {},
    page: PageRequest = FIRST_PAGE,
  ): Promise<Page<Webhook>> {
    return this.webhooks.list({ activeOnly: false, ...filter }, page);
  }

  /**
   * Changes what is given; headers and events are replaced as a whole. A header given as `***`, as the API shows
   * header values, keeps its value, unless the URL leads to another origin.
   *
   * @param change what is to change, or a function that says it of the webhook as it is; it is asked again when
   *   somebody else changed the webhook in between
   * @param revisions the webhook must have one of these; undefined = any
   * @throws DomainError `webhook_not_found`, `webhook_changed`, or when something given is not allowed
   */
  async updateWebhook(id: string, change: WebhookChange, revisions?: readonly string[]): Promise<Webhook> {
    const webhook = await this.editor.change(id, change, revisions);
    await this.announce();
    if (!webhook.active) await this.backlogs.endSoon();
    return webhook;
  }

  /**
   * Signs with another secret from now on. The former one signs along until its grace is over, so that receivers can
   * change over without refusing anything; only the latest former secret does, one more rotation ends it.
   *
   * @param revisions the webhook must have one of these; undefined = any
   * @throws DomainError `webhook_not_found`, `webhook_changed`, or when something given is not allowed
   */
  async rotateSecret(
    id: string,
    rotation: SecretRotation = {},
    revisions?: readonly string[],
  ): Promise<RotatedWebhook> {
    const { secret: own, graceMs } = this.rules.applyRotation(rotation);
    const secret = own ?? newSecret();
    const webhook = await this.editor.rotateSecret(id, secret, graceMs, revisions);
    await this.announce();
    return own === null ? { ...webhook, secret } : webhook;
  }

  /**
   * Pending deliveries end as `failed` with the reason; the history goes in the background.
   *
   * @param revisions the webhook must have one of these; undefined = any
   * @throws DomainError `webhook_not_found`, `webhook_changed`
   */
  async deleteWebhook(id: string, revisions?: readonly string[]): Promise<void> {
    await this.editor.delete(id, revisions);
    await this.announce();
    await this.backlogs.endSoon();
  }

  /**
   * Tells the subscribers. Resolves when the event and its deliveries are on disk; they are made from then on,
   * whatever crashes. With a `transaction`: when the event is in there; it is sent if and only if that commits.
   *
   * @throws DomainError `invalid_event_type`, `idempotency_conflict`, `graph_unavailable`
   */
  async sendEvent(event: EventType, options: SendOptions = {}): Promise<RecordedEvent> {
    return this.transactional.send(event, options);
  }

  /** At most 1000 events in one durable write, all or nothing; results in their order; throws as `sendEvent`. */
  async sendEvents(events: readonly EventToSend[]): Promise<readonly RecordedEvent[]> {
    return this.intake.sendAll(events);
  }

  /** @throws DomainError `delivery_not_found` */
  async getDelivery(id: string): Promise<Delivery> {
    const delivery = await this.log.findById(id);
    if (!delivery) throw deliveryNotFound(id);
    return delivery;
  }

  /**
   * The log, newest first; a page with bodies is at most 4 MiB. A filter may name a deleted webhook, whose history
   * stays for a day.
   *
   * @throws DomainError when `since` or `until` is no RFC 3339 time, or they are the wrong way round
   */
  async listDeliveries(
    filter: DeliveryFilter = {},
    page: PageRequest = FIRST_PAGE,
    options: ListOptions = {},
  ): Promise<DeliveryPage> {
    return this.log.list({ ...filter, ...toTimeRange(filter) }, page, options);
  }

  /**
   * Sends a `failed` or `retrying` delivery again at once and answers the record after that attempt.
   *
   * @throws DomainError `delivery_not_found`, `delivery_not_retryable`
   */
  async retryDelivery(id: string): Promise<Delivery> {
    return this.manual.retry(id);
  }

  /**
   * One attempt with a test payload, also to an inactive webhook; look at the status of the answer.
   *
   * @throws DomainError `webhook_not_found`
   */
  async testWebhook(id: string): Promise<Delivery> {
    await this.getWebhook(id);
    // Another instance may have created it a moment ago.
    await this.registry.refresh();
    return this.manual.test(id);
  }

  /**
   * Queues again what a webhook missed: its deliveries that ended as failed, created within the range; without one,
   * since its last outage began (`missedSince`). They are sent oldest first, with a fresh retry schedule. Events
   * that were emitted while it was inactive were never matched with it.
   *
   * @returns how many
   * @throws DomainError `webhook_not_found`, `webhook_inactive`
   */
  async recoverWebhook(id: string, range: LostRange = {}): Promise<number> {
    return this.lost.recover(id, toTimeRange(range));
  }

  /**
   * How many deliveries `recoverWebhook` would queue again; changes nothing.
   *
   * @throws DomainError as `recoverWebhook`
   */
  async countRecoverable(id: string, range: LostRange = {}): Promise<number> {
    return this.lost.count(id, toTimeRange(range));
  }

  async getStats(): Promise<Statistics> {
    const [statistics, { active, total }, oldestDueAt] = await Promise.all([
      this.log.statistics(),
      this.webhooks.counts(),
      this.oldestDue.at(),
    ]);
    return { ...statistics, activeWebhooks: active, totalWebhooks: total, oldestDueAt };
  }

  /** Removes all webhooks, events, deliveries and statistics, nothing else; REST does not offer it and cannot audit it. */
  async clear(): Promise<void> {
    this.activity.dropWaiting();
    await this.eraser.clear();
    this.audit.log('clear', { request_id: null, caller: 'module', action: 'clear', target: null });
  }

  /**
   * Matches against what was just written. It is on disk, so a failure here is none of the caller's: the version of the
   * webhooks was raised with it, and every event that is written against a former one is matched again.
   */
  private async announce(): Promise<void> {
    await this.registry.refresh().catch((error: unknown) => {
      this.logger.warn(`The webhooks could not be read again: ${String(error)}`);
    });
  }
}
