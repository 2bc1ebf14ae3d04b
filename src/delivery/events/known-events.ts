import { DomainError } from '../../common/domain-error.js';
import type { KnownEvent } from './event.repository.js';
import { fingerprint } from './fingerprint.js';
import type { NewEvent, RecordedEvent } from './new-event.js';

/** Whether the caller can ask for this event again: it came with an id or a key. */
export function isRepeatable(event: NewEvent): boolean {
  return event.id !== null || event.idempotencyKey !== null;
}

function conflict(field: 'id' | 'Idempotency-Key', value: string): DomainError {
  const loc = field === 'id' ? ['body', 'id'] : ['header', 'idempotency-key'];
  const msg = `${field} '${value}' was used for another event; repeat the same request or choose a new one`;
  return new DomainError('unprocessable', 'idempotency_conflict', msg, [
    { loc, msg, type: 'idempotency_conflict' },
  ]);
}

/** The events that are recorded already, found by the caller's id or key. */
export class KnownEvents {
  private readonly byId = new Map<string, KnownEvent>();
  private readonly byKey = new Map<string, KnownEvent>();

  constructor(private readonly known: readonly KnownEvent[] = []) {
    known.forEach((event) => this.add(event));
  }

  /** These and more; this one stays as it is. */
  with(more: readonly KnownEvent[]): KnownEvents {
    return more.length === 0 ? this : new KnownEvents([...this.known, ...more]);
  }

  private add(event: KnownEvent): void {
    this.byId.set(event.eventId, event);
    if (event.idempotencyKey !== null) this.byKey.set(event.idempotencyKey, event);
  }

  /**
   * The first result of this event; undefined when it is new.
   * @throws DomainError when its id or key belongs to an event with another body
   */
  find(event: NewEvent): RecordedEvent | undefined {
    const { id, idempotencyKey } = event;
    const sameId = id === null ? undefined : this.byId.get(id);
    if (id !== null && sameId) return this.same(event, sameId, 'id', id);
    const sameKey = idempotencyKey === null ? undefined : this.byKey.get(idempotencyKey);
    if (idempotencyKey === null || !sameKey) return undefined;
    if (id !== null && id !== sameKey.eventId) throw conflict('Idempotency-Key', idempotencyKey);
    return this.same(event, sameKey, 'Idempotency-Key', idempotencyKey);
  }

  private same(
    event: NewEvent,
    known: KnownEvent,
    field: 'id' | 'Idempotency-Key',
    value: string,
  ): RecordedEvent {
    if (known.fingerprint !== fingerprint(event)) throw conflict(field, value);
    return { eventId: known.eventId, deliveryIds: known.deliveryIds };
  }
}
