import { Injectable } from '@nestjs/common';
import { Clock, toTimestamp } from '../common/clock.js';
import { newId } from '../common/new-id.js';
import { ConstraintViolationError } from '../neo4j/graph-errors.js';
import type { Delivery } from '../delivery/model/delivery.js';
import {
  deliveryNotFound,
  notRetryable,
  shuttingDown,
  webhookLocked,
  webhookNotFound,
} from '../delivery/model/delivery.errors.js';
import { wireBody } from '../events/new-event.js';
import { EventBody, type EventRecord } from '../delivery/model/event-record.js';
import { EventRepository } from '../events/event.neo4j.repository.js';
import { InstanceLease } from '../delivery/queue/instance-lease.js';
import { DeliveryLog } from './log/delivery-log.neo4j.repository.js';
import type { Endpoint } from '../delivery/model/endpoint.js';
import { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import { Dispatcher } from '../delivery/lanes/dispatcher.js';
import type { HeldDelivery } from '../delivery/model/queued-delivery.js';
import { WorkRepository } from '../delivery/queue/work.neo4j.repository.js';

/** A test is on record as this event; its body says `test`. */
const TEST_RECORD_TYPE = 'system.health';
const TEST_MESSAGE = 'This is a test webhook delivery from Basset Hound';
const PATIENCE_MS = 10_000;
/** The webhooks may change between the look at them and the write. */
const MAX_TRIES = 5;

/** What a person asks for: one attempt now, and the finished record as the answer. */
@Injectable()
export class ManualDelivery {
  constructor(
    private readonly work: WorkRepository,
    private readonly events: EventRepository,
    private readonly registry: EndpointRegistry,
    private readonly dispatcher: Dispatcher,
    private readonly log: DeliveryLog,
    private readonly lease: InstanceLease,
    private readonly clock: Clock,
  ) {}

  /**
   * Sends a `failed` or `retrying` delivery again at once: same delivery id, event id and bytes. When the attempt
   * fails, a fresh retry schedule begins.
   * @throws DomainError `delivery_not_found`, `delivery_not_retryable`, `webhook_locked` (it then waits as due)
   */
  async retry(deliveryId: string): Promise<Delivery> {
    this.assertRunning();
    const held = await this.dispatcher.claims.during(() =>
      this.work.claimForRetry(deliveryId, this.lease.id),
    );
    if (held === 'not-found') throw deliveryNotFound(deliveryId);
    if (held === 'not-retryable') throw notRetryable();
    if (held === 'not-registered') throw shuttingDown();
    // Another instance may have created the webhook a moment ago.
    if (!this.registry.get(held.webhookId)) await this.registry.refresh();
    if (this.registry.get(held.webhookId)?.locked) {
      await this.release(held);
      throw webhookLocked(held.webhookId);
    }
    return this.runToRecord(held);
  }

  /**
   * Sends a test event to a webhook, active or not: one attempt, no retries.
   * @throws DomainError `webhook_not_found`, `webhook_locked`
   */
  async test(webhookId: string): Promise<Delivery> {
    this.assertRunning();
    // Another instance may have created it a moment ago.
    await this.registry.refresh();
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      // After the second look nothing that matters can have changed before this call.
      const version = tries === 0 ? this.registry.version : null;
      const endpoint = this.registry.get(webhookId);
      if (!endpoint) throw webhookNotFound(webhookId);
      if (endpoint.locked) throw webhookLocked(webhookId);
      const record = this.testRecord(endpoint);
      if (await this.dispatcher.claims.during(() => this.append(record, version)))
        return this.runToRecord(this.toHeld(record));
      await (tries === 0 ? this.registry.refresh() : this.registry.reread());
    }
    throw shuttingDown();
  }

  private assertRunning(): void {
    if (!this.lease.isHeld()) throw shuttingDown();
  }

  /** false = the webhooks have changed meanwhile. A repetition that meets its own first commit has succeeded. */
  private async append(record: EventRecord, version: number | null): Promise<boolean> {
    try {
      const { kind } = await this.events.append([record], {
        writeId: record.id,
        registryVersion: version,
        instanceId: this.lease.id,
        patienceMs: PATIENCE_MS,
      });
      return kind === 'appended';
    } catch (error) {
      if (error instanceof ConstraintViolationError) return true;
      throw error;
    }
  }

  /** What could not be worked on, because the service stops or the lease was lost, goes back to the queue. */
  private async runToRecord(held: HeldDelivery): Promise<Delivery> {
    return this.dispatcher.runNow(held, async (worked) => {
      if (!worked) await this.release(held);
      const record = await this.log.findById(held.id);
      if (!record) throw deliveryNotFound(held.id);
      return record;
    });
  }

  private async release({ id, attempts, claimedBy }: HeldDelivery): Promise<void> {
    await this.work.release([{ id, attempts }], claimedBy, toTimestamp(this.clock.steady()));
  }

  private testRecord({ webhookId, projectId, generation }: Endpoint): EventRecord {
    const createdAt = toTimestamp(this.clock.now());
    const dataJson = JSON.stringify({ message: TEST_MESSAGE });
    const body = wireBody({ event: 'test', timestamp: createdAt, projectId, dataJson });
    return {
      id: newId(),
      type: TEST_RECORD_TYPE,
      projectId,
      timestamp: createdAt,
      body,
      bytes: Buffer.byteLength(body, 'utf8'),
      traceparent: null,
      createdAt,
      dueAt: createdAt,
      idempotencyKey: null,
      fingerprint: null,
      keepUntil: createdAt,
      deliveries: [{ id: newId(), webhookId, claimedBy: this.lease.id, single: true, generation }],
    };
  }

  private toHeld(record: EventRecord): HeldDelivery {
    const { id: eventId, type: event, projectId, createdAt, body, dueAt, deliveries } = record;
    const [delivery] = deliveries;
    if (!delivery) throw new Error('A test has exactly one delivery');
    const { id, webhookId, claimedBy, generation } = delivery;
    const common = { id, webhookId, generation, eventId, event, projectId, createdAt, dueAt };
    return {
      ...common,
      body: new EventBody(body),
      claimedBy: claimedBy ?? this.lease.id,
      attempts: 0,
      attemptBase: 0,
      single: true,
      manual: true,
    };
  }
}
