import { DomainError } from '../common/domain-error.js';
import type { KnownEvent } from './event.neo4j.repository.js';
import { fingerprint, storedKey, withoutBatch } from './fingerprint.js';
import type { NewEvent, RecordedEvent } from './new-event.js';

/** Whether the caller can ask for this event again: it came with an id or a key. */
export function isRepeatable(event: NewEvent): boolean {
  return event.id !== null || event.idempotencyKey !== null;
}

/** An event that was given by dependency injection has its key beside it; in a request it is a header. */
function placeOf(field: 'id' | 'Idempotency-Key', { place = ['body'] }: NewEvent): (string | number)[] {
  if (field === 'id') return [...place, 'id'];
  return place[0] === 'body' ? ['header', 'idempotency-key'] : [...place, 'idempotencyKey'];
}

function conflict(field: 'id' | 'Idempotency-Key', event: NewEvent): DomainError {
  const { batch, id, idempotencyKey } = event;
  const value = field === 'id' ? id : idempotencyKey;
  const what = field !== 'id' && batch ? 'request' : 'event';
  const msg = `${field} '${value}' was used for another ${what}; repeat the same request or choose a new one`;
  const loc = placeOf(field, event);
  return new DomainError('unprocessable', 'idempotency_conflict', msg, [
    { loc, msg, type: 'idempotency_conflict' },
  ]);
}

/** The events that are recorded already, or are about to be, found by the caller's id or key. */
export class KnownEvents {
  private readonly byId = new Map<string, KnownEvent>();
  private readonly byKey = new Map<string, KnownEvent>();

  constructor(known: readonly KnownEvent[] = []) {
    known.forEach((event) => this.add(event));
  }

  add(event: KnownEvent): void {
    this.byId.set(event.eventId, event);
    if (event.idempotencyKey !== null) this.byKey.set(event.idempotencyKey, event);
  }

  /** Takes back what was added and is not written after all. */
  remove({ eventId, idempotencyKey }: Pick<KnownEvent, 'eventId' | 'idempotencyKey'>): void {
    this.byId.delete(eventId);
    if (idempotencyKey !== null) this.byKey.delete(idempotencyKey);
  }

  /**
   * The first result of this event; undefined when it is new.
   * @throws DomainError when its id or key belongs to an event with another body
   */
  find(event: NewEvent): RecordedEvent | undefined {
    const { id } = event;
    const sameId = id === null ? undefined : this.byId.get(id);
    if (sameId) return this.sameById(event, sameId);
    const key = storedKey(event);
    const sameKey = key === null ? undefined : this.byKey.get(key);
    return sameKey && this.sameByKey(event, sameKey);
  }

  private sameById(event: NewEvent, known: KnownEvent): RecordedEvent {
    if (withoutBatch(known.fingerprint) !== withoutBatch(fingerprint(event))) throw conflict('id', event);
    return { eventId: known.eventId, deliveryIds: known.deliveryIds };
  }

  private sameByKey(event: NewEvent, known: KnownEvent): RecordedEvent {
    const isOther = event.id !== null && event.id !== known.eventId;
    if (isOther || known.fingerprint !== fingerprint(event)) throw conflict('Idempotency-Key', event);
    return { eventId: known.eventId, deliveryIds: known.deliveryIds };
  }
}
