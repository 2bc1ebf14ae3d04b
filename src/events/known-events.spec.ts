import { describe, expect, it } from '@jest/globals';
import type { DomainError } from '../common/domain-error.js';
import { fingerprint, keyedBatch, storedKey } from './fingerprint.js';
import { KnownEvents } from './known-events.js';
import type { NewEvent } from './new-event.js';

const event = (change: Partial<NewEvent> = {}): NewEvent => ({
  event: 'entity.created',
  projectId: null,
  dataJson: '{"a":1}',
  timestamp: null,
  id: 'e1',
  idempotencyKey: null,
  ...change,
});

const known = (of: NewEvent, eventId = of.id ?? 'generated'): KnownEvents =>
  new KnownEvents([
    {
      eventId,
      idempotencyKey: storedKey(of),
      fingerprint: fingerprint(of),
      deliveryIds: ['d1', 'd2'],
      writeId: null,
    },
  ]);

describe('KnownEvents', () => {
  it('answers a repeat with the first result, by id and by key', () => {
    const first = { eventId: 'e1', deliveryIds: ['d1', 'd2'] };
    expect(known(event()).find(event())).toEqual(first);
    const keyed = event({ id: null, idempotencyKey: 'k' });
    expect(known(keyed).find(keyed)).toEqual({ ...first, eventId: 'generated' });
  });

  it('does not know another id or key', () => {
    expect(known(event()).find(event({ id: 'e2' }))).toBeUndefined();
    expect(
      known(event({ idempotencyKey: 'k' })).find(event({ id: null, idempotencyKey: 'l' })),
    ).toBeUndefined();
  });

  it.each([
    ['event', { event: 'entity.deleted' }],
    ['project', { projectId: 'p' }],
    ['data', { dataJson: '{"a":2}' }],
    ['timestamp', { timestamp: '2026-01-01T00:00:00Z' }],
  ])('refuses the same id with another %s', (_name, change) => {
    expect(() => known(event()).find(event(change))).toThrow(/was used for another event/);
  });

  it('refuses a key that belongs to another id', () => {
    const first = event({ idempotencyKey: 'k' });
    expect(() => known(first).find(event({ id: 'e2', idempotencyKey: 'k' }))).toThrow(/Idempotency-Key/);
  });

  const placeOf = (run: () => unknown): unknown => {
    try {
      return run();
    } catch (error) {
      return (error as DomainError).fields[0]?.loc;
    }
  };

  it.each([
    [undefined, ['body', 'id'], ['header', 'idempotency-key']],
    [
      ['body', 'events', 3],
      ['body', 'events', 3, 'id'],
      ['header', 'idempotency-key'],
    ],
    [
      ['events', 3],
      ['events', 3, 'id'],
      ['events', 3, 'idempotencyKey'],
    ],
  ])('names the place of the id or key of an event at %j', (place, ofId, ofKey) => {
    const other = { dataJson: '{}', ...(place && { place }) };
    expect(placeOf(() => known(event()).find(event(other)))).toEqual(ofId);
    const keyed = event({ id: null, idempotencyKey: 'k' });
    expect(placeOf(() => known(keyed).find({ ...keyed, ...other }))).toEqual(ofKey);
  });

  it('forgets what it takes back', () => {
    const all = known(event({ idempotencyKey: 'k' }));
    all.remove({ eventId: 'e1', idempotencyKey: 'k' });
    expect(all.find(event({ dataJson: '{}' }))).toBeUndefined();
    expect(all.find(event({ id: null, idempotencyKey: 'k', dataJson: '{}' }))).toBeUndefined();
  });
});

describe('A batch with a key', () => {
  const plain = ['{"n":1}', '{"n":2}', '{"n":3}'].map((dataJson) => event({ id: null, dataJson }));
  const stored = (events: readonly NewEvent[]): KnownEvents => {
    const all = new KnownEvents();
    keyedBatch(events, 'k').forEach((of, i) =>
      all.add({
        eventId: `g${i}`,
        idempotencyKey: storedKey(of),
        fingerprint: fingerprint(of),
        deliveryIds: [],
        writeId: null,
      }),
    );
    return all;
  };
  const repeat = (all: KnownEvents, events: readonly NewEvent[]) =>
    keyedBatch(events, 'k').map((of) => all.find(of)?.eventId);

  it('is known as a whole, each event by a key that no caller can have', () => {
    expect(repeat(stored(plain), plain)).toEqual(['g0', 'g1', 'g2']);
    expect(keyedBatch(plain, 'k').map(storedKey)).toEqual(['k', 'k 1', 'k 2']);
  });

  it.each([
    ['fewer events', plain.slice(0, 2)],
    ['more', [...plain, event({ id: null })]],
    ['another order', plain.toReversed()],
    ['an id more', [event({ id: 'e', dataJson: '{"n":1}' }), ...plain.slice(1)]],
  ])('is another request with %s', (_name, events) => {
    expect(() => repeat(stored(plain), events)).toThrow(/'k' was used for another request/);
  });

  it('shares its key with single events', () => {
    const single = event({ id: null, dataJson: '{"n":1}', idempotencyKey: 'k' });
    expect(() => stored(plain).find(single)).toThrow(/Idempotency-Key/);
    expect(() => repeat(known(single), plain)).toThrow(/Idempotency-Key/);
  });

  it('finds an event by its id, whichever way that came', () => {
    const [first] = keyedBatch([event({ dataJson: '{"n":1}' })], 'k');
    expect(known(event({ dataJson: '{"n":1}' })).find(first!)?.eventId).toBe('e1');
    expect(known(first!).find(event({ dataJson: '{"n":1}' }))?.eventId).toBe('e1');
  });
});
