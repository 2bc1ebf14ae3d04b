import { describe, expect, it } from '@jest/globals';
import { fingerprint } from './fingerprint.js';
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
    { eventId, idempotencyKey: of.idempotencyKey, fingerprint: fingerprint(of), deliveryIds: ['d1', 'd2'] },
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
});
