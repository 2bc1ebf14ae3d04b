import { beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../config/resolve-options.js';
import { EventCatalog } from './event-catalog.js';
import { EventRecorder } from './event-recorder.js';
import type { NewEvent } from './new-event.js';
import { readBatch, readEvent } from './event-request.js';
import { EventIntake } from './event-intake.js';

const recorded: NewEvent[] = [];
const recorder = {
  record: async (events: readonly NewEvent[]) => {
    recorded.push(...events);
    return events.map(() => ({ eventId: 'e', deliveryIds: [] }));
  },
} as unknown as EventRecorder;
const intake = new EventIntake(new EventCatalog(DEFAULT_OPTIONS), recorder, DEFAULT_OPTIONS);

const placesOf = (error: any): string[] => error.fields.map(({ loc }: any) => loc.join('.'));
function errorOf(run: () => unknown): any {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('Expected an error');
}
const request = (text: string): any => ({ body: JSON.parse(text), rawJson: text });

beforeEach(() => {
  recorded.length = 0;
});

describe('readEvent', () => {
  it('keeps the text of data: numbers, escapes and order', () => {
    const text =
      '{"event":"entity.created","data": { "b": 12345678901234567890, "2": 1.0, "1": "\\u00e9 x" } }';
    expect(readEvent(request(text), undefined).dataJson).toBe(
      '{"b":12345678901234567890,"2":1.0,"1":"\\u00e9 x"}',
    );
  });

  it('makes do with the parsed body where there is no text', () => {
    expect(readEvent({ body: { event: 'x', data: { a: 1 } } } as any, undefined).dataJson).toBe('{"a":1}');
    expect(readEvent(request('{"event":"x","data":null}'), undefined).dataJson).toBe('{}');
  });

  it('names every bad field at once', () => {
    const text = '{"event":1,"project_id":5,"data":[],"timestamp":"now","id":"a b"}';
    const names = ['event', 'project_id', 'data', 'timestamp', 'id'].map((name) => `body.${name}`);
    const error = errorOf(() => readEvent(request(text), 'ä'));
    expect(placesOf(error)).toEqual([...names, 'header.idempotency-key']);
  });

  it.each(['null', '[]', '"x"', '5'])('refuses the body %s', (text) => {
    expect(placesOf(errorOf(() => readEvent(request(text), undefined)))).toEqual(['body']);
  });

  it.each([
    ['a'.repeat(128), true],
    ['a'.repeat(129), false],
    ['', false],
  ])('bounds ids', (id, isGood) => {
    const read = () => readEvent(request(JSON.stringify({ event: 'x', id })), undefined);
    if (isGood) expect(read().input.id).toBe(id);
    else expect(placesOf(errorOf(read))).toEqual(['body.id']);
  });
});

describe('readBatch', () => {
  const read = (text: string, key?: string, maxBytes = 1000) => readBatch(request(text), key, maxBytes);

  it('names each event that is too large, in bytes', () => {
    const event = (bytes: number, letter: string): string =>
      `{"event":"x","data":{"a":"${letter.repeat((bytes - 29) / Buffer.byteLength(letter))}"}}`;
    const events = [event(1001, 'x'), event(999, 'é'), event(1001, 'é'), event(10_001, '\u{1f600}')];
    const error = errorOf(() => read(`{"events":[${events.join()}]}`));
    expect(placesOf(error)).toEqual(['body.events.0', 'body.events.2', 'body.events.3']);
    expect(error.fields[0]).toMatchObject({ msg: 'must have at most 1000 bytes', type: 'too_large' });
    const parsed = { body: { events: [{ data: { a: 'x'.repeat(1000) } }] } } as any;
    expect(placesOf(errorOf(() => readBatch(parsed, undefined, 1000)))).toContain('body.events.0');
  });

  it('names a bad key beside the bad events', () => {
    const places = ['body.events.0.event', 'header.idempotency-key'];
    expect(placesOf(errorOf(() => read('{"events":[{"event":1}]}', 'a b')))).toEqual(places);
  });

  it('keeps the text of each data', () => {
    const text =
      '{"events":[{"event":"x","data":{"a":1.0}},{"data":{"b":[ 1, 2 ]},"event":"y"},{"event":"z"}]}';
    expect(read(text).map(({ dataJson }) => dataJson)).toEqual(['{"a":1.0}', '{"b":[1,2]}', '{}']);
  });

  it('names the index of every bad event', () => {
    const text = '{"events":[{"event":"x"},{"event":1},5,{"event":"x","id":""}]}';
    const places = ['body.events.1.event', 'body.events.2', 'body.events.3.id'];
    expect(placesOf(errorOf(() => read(text)))).toEqual(places);
  });

  it.each(['{}', '{"events":[]}', '{"events":5}', 'null', `{"events":[${'1,'.repeat(1000)}1]}`])(
    'takes 1 to 1000 events',
    (text) => expect(placesOf(errorOf(() => read(text)))).toEqual(['body.events']),
  );
});

describe('EventIntake', () => {
  it('records what is sent', async () => {
    const timestamp = new Date(0);
    await intake.send('entity.created', {
      projectId: '',
      data: { a: 1 },
      timestamp,
      id: 'i',
      idempotencyKey: 'k',
    });
    await intake.send('entity.created', { data: null as never });
    const sent = { projectId: null, dataJson: '{"a":1}', timestamp: timestamp.toISOString(), id: 'i' };
    expect(recorded[0]).toMatchObject({ event: 'entity.created', ...sent, idempotencyKey: 'k' });
    expect(recorded[1]).toMatchObject({ dataJson: '{}', timestamp: null, id: null, idempotencyKey: null });
  });

  it.each<[object, string]>([
    [{ timestamp: new Date(NaN) }, 'timestamp'],
    [{ id: 'a b' }, 'id'],
    [{ idempotencyKey: '' }, 'idempotencyKey'],
    [{ data: { n: 1n } }, 'data'],
    [{ data: new Date(0) }, 'data'],
    [{ data: { toJSON: () => undefined } }, 'data'],
    [{ data: { toJSON: () => [] } }, 'data'],
    [{ project_id: 'p' }, 'project_id'],
    [{ data: { a: 'x'.repeat(DEFAULT_OPTIONS.maxEventBytes) } }, 'data'],
  ])('refuses %p', async (options, field) => {
    const error = await intake.send('entity.created', options).catch((reason: unknown) => reason);
    expect(placesOf(error)).toEqual([`options.${field}`]);
    expect(recorded).toEqual([]);
  });

  it('records several together or none of them', async () => {
    const good = { event: 'entity.created' } as const;
    await expect(intake.sendAll([good, good])).resolves.toHaveLength(2);
    await expect(intake.sendAll([])).resolves.toEqual([]);
    const error = await intake.sendAll([good, { event: 'nope' as never }]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'invalid', message: 'Invalid event type: nope' });
    expect(placesOf(error)).toEqual(['events.1.event']);
    const most = await intake
      .sendAll(Array.from({ length: 1001 }, () => good))
      .catch((reason: unknown) => reason);
    expect(placesOf(most)).toEqual(['events']);
    expect(recorded).toHaveLength(2);
  });
});
