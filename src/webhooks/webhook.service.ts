import { Injectable, Logger } from '@nestjs/common';
import type { Page, PageRequest } from '../common/page.js';
import type { Delivery } from '../delivery/model/delivery.js';
import { deliveryNotFound } from '../delivery/model/delivery.errors.js';
import { ManualDelivery } from '../history/manual-delivery.js';
import type { EventType } from '../events/event-types.js';
import type { RecordedEvent } from '../events/new-event.js';
import { LostDeliveries } from '../history/failing/recovery.js';
import type { LostRange } from '../history/failing/recovery.neo4j.repository.js';
import { HistoryEraser } from '../history/eviction/history-sweeper.js';
import { DeliveryLog } from '../history/log/delivery-log.neo4j.repository.js';
import type { DeliveryFilter, DeliveryPage, ListOptions } from '../history/log/log-query.js';
import type { EventToSend } from '../events/event-intake.js';
import type { WebhookFilter } from './webhook.neo4j.repository.js';
import { toTimeRange } from './time-range.js';
import { EventSender, type SendOptions } from '../events/event-sender.js';
import { StatisticsReader, type Statistics } from './statistics.js';
import { WebhookAdmin } from './webhook-admin.js';
import type {
  CreatedWebhook,
  CreateWebhook,
  RotatedWebhook,
  SecretRotation,
  Webhook,
  WebhookChange,
} from './webhook.js';

const FIRST_PAGE: PageRequest = { limit: 50 };

/** Webhooks, events and deliveries for other Nest modules: everything that the REST API offers. */
@Injectable()
export class WebhookService {
  private readonly audit = new Logger('Audit');

  constructor(
    private readonly webhooks: WebhookAdmin,
    private readonly events: EventSender,
    private readonly log: DeliveryLog,
    private readonly manual: ManualDelivery,
    private readonly lost: LostDeliveries,
    private readonly statistics: StatisticsReader,
    private readonly eraser: HistoryEraser,
  ) {}

  /** @throws DomainError when something given is not allowed, `idempotency_conflict` */
  async createWebhook(webhook: CreateWebhook): Promise<CreatedWebhook> {
    return this.webhooks.create(webhook);
  }

  /** @throws DomainError `webhook_not_found` */
  async getWebhook(id: string): Promise<Webhook> {
    return this.webhooks.get(id);
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
    return this.webhooks.change(id, change, revisions);
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
    return this.webhooks.rotateSecret(id, rotation, revisions);
  }

  /**
   * Pending deliveries end as `failed` with the reason; the history goes in the background.
   *
   * @param revisions the webhook must have one of these; undefined = any
   * @throws DomainError `webhook_not_found`, `webhook_changed`
   */
  async deleteWebhook(id: string, revisions?: readonly string[]): Promise<void> {
    await this.webhooks.delete(id, revisions);
  }

  /**
   * Tells the subscribers. Resolves when the event and its deliveries are on disk; they are made from then on,
   * whatever crashes. With a `transaction`: when the event is in there; it is sent if and only if that commits.
   *
   * @throws DomainError `invalid_event_type`, `idempotency_conflict`, `graph_unavailable`
   */
  async sendEvent(event: EventType, options: SendOptions = {}): Promise<RecordedEvent> {
    return this.events.send(event, options);
  }

  /** At most 1000 events in one durable write, all or nothing; results in their order; throws as `sendEvent`. */
  async sendEvents(events: readonly EventToSend[]): Promise<readonly RecordedEvent[]> {
    return this.events.sendAll(events);
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
    return this.statistics.read();
  }

  /** Removes all webhooks, events, deliveries and statistics, nothing else; REST does not offer it and cannot audit it. */
  async clear(): Promise<void> {
    await this.eraser.clear();
    this.audit.log('clear', { request_id: null, caller: 'module', action: 'clear', target: null });
  }
}
