import { describe, expect, it } from '@jest/globals';
import { readBatch, readEvent } from './event-request.js';
import { unknownFields } from './event-fields.js';

describe('fields that an event does not have', () => {
  it.each([
    ['payload', 'did you mean data?'],
    ['Body', 'did you mean data?'],
    ['projectId', 'did you mean project_id?'],
    ['timestmp', 'did you mean timestamp?'],
    ['idempotency_key', 'did you mean the header Idempotency-Key?'],
    ['zebra', 'it has event, project_id, data, timestamp, id, traceparent'],
    ['constructor', 'it has event, project_id, data, timestamp, id, traceparent'],
  ])('%s: %s', (name, hint) => {
    expect(unknownFields({ event: 'x', [name]: {} }, ['body'])).toEqual([
      { loc: ['body', name], msg: `is not a field of an event; ${hint}`, type: 'unknown_field' },
    ]);
  });

  it('are all it has: none is wrong', () => {
    const event = { event: 'x', project_id: null, data: {}, timestamp: null, id: null };
    expect(unknownFields(event, ['body'])).toEqual([]);
  });

  it('are named up to ten of them, and not longer than they have to be', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${i}`.padEnd(1000, 'x'), 1]));
    const errors = unknownFields(many, ['body']);
    expect(errors).toHaveLength(10);
    expect(errors.every(({ loc }) => String(loc[1]).length === 100)).toBe(true);
  });

  it('are refused in one event and in several, in one sentence', () => {
    const body = { event: 'entity.created', payload: {} };
    const sentence = 'payload is not a field of an event; did you mean data?';
    expect(() => readEvent({ body } as any, undefined)).toThrow(sentence);
    expect(() => readBatch({ body: { events: [{ event: 'x' }, body] } } as any, undefined, 1000)).toThrow(
      `events.1.${sentence}`,
    );
  });

  it('are refused beside the events of a batch, whatever those are', () => {
    const sentence = 'event is not a field of a batch; did you mean events?';
    expect(() =>
      readBatch({ body: { events: [{ event: 'x' }], event: 'x' } } as any, undefined, 1000),
    ).toThrow(sentence);
    expect(() => readBatch({ body: { event: 'x' } } as any, undefined, 1000)).toThrow(sentence);
  });

  it('are told from one that is missing', () => {
    expect(() => readEvent({ body: { evnt: 'x' } } as any, undefined)).toThrow(
      'event is required (an event type: GET /webhooks/events lists them); evnt is not a field of an event; did you mean event?',
    );
  });
});
