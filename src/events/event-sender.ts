import { Inject, Injectable } from '@nestjs/common';
import { unprocessable } from '../common/http/validation.pipe.js';
import { newId } from '../common/new-id.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import type { NewEvent, RecordedEvent } from './new-event.js';
import { writeEmission, type GraphTransaction } from './event.neo4j.repository.js';
import { EventIntake, type EventToSend, type SendEventOptions } from './event-intake.js';

export interface SendOptions extends SendEventOptions {
  /** The event is sent if and only if this commits; its deliveries have no ids yet. @default none: it is sent now */
  readonly transaction?: GraphTransaction;
}

function rowOf(
  { event, projectId, dataJson, timestamp, traceparent }: NewEvent,
  id: string,
): Record<string, string> {
  return {
    ...{ id, event, data: dataJson, timestamp: timestamp ?? new Date().toISOString() },
    ...(projectId !== null && { project_id: projectId }),
    ...(traceparent != null && { traceparent }),
  };
}

/** Sends events of other modules: now, or if and only if a transaction of the caller commits. */
@Injectable()
export class EventSender {
  constructor(
    private readonly intake: EventIntake,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** @throws DomainError before anything is written */
  async send(event: string, { transaction, ...options }: SendOptions): Promise<RecordedEvent> {
    if (!transaction) return this.intake.send(event, options);
    this.check(options);
    const prepared = this.intake.prepare(event, options, ['options']);
    const eventId = prepared.id ?? newId();
    await writeEmission(transaction, rowOf(prepared, eventId));
    // They are made after the commit.
    return { eventId, deliveryIds: [] };
  }

  /** All or nothing, in one durable write; results in their order. */
  async sendAll(events: readonly EventToSend[]): Promise<readonly RecordedEvent[]> {
    return this.intake.sendAll(events);
  }

  private check({ idempotencyKey }: SendEventOptions): void {
    if (!this.options.outbox)
      throw unprocessable([{ loc: ['options', 'transaction'], msg: 'needs OUTBOX=on', type: 'outbox_off' }]);
    if (idempotencyKey !== undefined && idempotencyKey !== null) {
      const msg = 'cannot be given with a transaction: give an id';
      throw unprocessable([{ loc: ['options', 'idempotencyKey'], msg, type: 'not_with_transaction' }]);
    }
  }
}
