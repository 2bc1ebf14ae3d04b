import { Injectable, Logger } from '@nestjs/common';
import { parseTraceparent } from '../../common/tracing/traceparent.js';
import { Clock } from '../../common/clock.js';
import type { HeldDelivery } from '../model/queued-delivery.js';
import { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import type { Outcome } from './outcome.js';

const MINUTE_MS = 60_000;

/** What was told last of a webhook, and how many deliveries ended since. */
interface Told {
  readonly at: number;
  more: number;
}

/**
 * A line of the log for a delivery that is given up: without it, one that nobody looks for is lost in silence. Of each
 * webhook the first one is told, and then one a minute with how many it stands for (`and_more`); no bodies and no paths.
 */
@Injectable()
export class GivenUpLog {
  private readonly logger = new Logger('Delivery');
  private readonly told = new Map<string, Told>();

  constructor(
    private readonly registry: EndpointRegistry,
    private readonly clock: Clock,
  ) {}

  /** To be called when the outcome is committed. */
  tell(held: HeldDelivery, outcome: Outcome): void {
    // Who tests a webhook has the answer.
    if (outcome.status !== 'failed' || held.single) return;
    const now = this.clock.monotonic();
    const last = this.told.get(held.webhookId);
    if (last && now - last.at < MINUTE_MS) {
      last.more += 1;
      return;
    }
    this.told.set(held.webhookId, { at: now, more: 0 });
    this.logger.warn('A delivery was given up', this.fields(held, outcome, last?.more ?? 0));
  }

  /** Forgets webhooks that are gone. */
  keepOnly(exists: (webhookId: string) => boolean): void {
    for (const webhookId of this.told.keys()) if (!exists(webhookId)) this.told.delete(webhookId);
  }

  private fields(held: HeldDelivery, outcome: Outcome, more: number): object {
    const destination = this.registry.get(held.webhookId)?.destination;
    const traceId = parseTraceparent(held.body.traceparent ?? '')?.traceId;
    return {
      delivery_id: held.id,
      event_id: held.eventId,
      webhook_id: held.webhookId,
      event: held.event,
      attempts: outcome.attempts,
      reason: outcome.errorMessage,
      response_code: outcome.attempt?.responseCode ?? null,
      host: destination === undefined ? null : new URL(destination).host,
      ...(traceId !== undefined && { trace_id: traceId }),
      ...(more > 0 && { and_more: more }),
    };
  }
}
