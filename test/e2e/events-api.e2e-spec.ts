import { beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { EVENT_TYPES, WebhookService } from '../../src/index.js';
import { API, type Api } from '../support/api.js';
import { setCleanApi } from '../support/api-scene.js';
import type { TestApp } from '../support/app.js';
import type { Graph } from '../support/graph.js';
import type { Receiver } from '../support/receiver.js';

let app: TestApp;
let api: Api;
let graph: Graph;
let receiver: Receiver;

setCleanApi((scene) => {
  ({ app, api, graph, receiver } = scene);
});

const raw = (path: string, text: string, headers: Record<string, string> = {}) =>
  request(app.server)
    .post(`${API}${path}`)
    .set({ 'content-type': 'application/json', ...headers })
    .send(text);
const total = async (): Promise<number> => (await api.get('/webhooks/stats')).total_events;

describe('POST /events', () => {
  it('takes each of the 20 types, without subscribers, too', async () => {
    for (const event of EVENT_TYPES) expect((await api.emit({ event })).delivery_ids).toEqual([]);
    expect(await total()).toBe(20);
  });

  it('answers ids under which event and deliveries are in the graph', async () => {
    await api.createWebhook({ url: receiver.url() });
    const { event_id, delivery_ids } = await api.emit({ data: { a: 1 }, project_id: 'p' });
    const [row] = await graph.run(
      `MATCH (w:Webhook)-[:HAS_DELIVERY]->(d:WebhookDelivery)<-[:TRIGGERED]-(e:WebhookEvent {id: $event_id})
       RETURN d.id AS delivery, e.body AS body, e.project_id AS project`,
      { event_id },
    );
    expect(delivery_ids).toEqual([row.delivery]);
    expect(JSON.parse(row.body)).toMatchObject({ event: 'entity.created', project_id: 'p', data: { a: 1 } });
  });

  it('sends data byte for byte, but for white space between tokens', async () => {
    await api.createWebhook({ url: receiver.url() });
    const data =
      '{"big":12345678901234567890,"f":1.0,"e":1e400,"z":-0,"10":1,"2":2,"u":"\\ud800\\u0000é😀","__proto__":{"a":"] , }"}}';
    const spaced = data.replace('"f":1.0', '\n "f" :\t1.0');
    const { body } = await raw(
      '/events',
      `{"timestamp":"2026-01-31T12:00:00+01:00","data": ${spaced} ,"event":"entity.created"}`,
    ).expect(202);
    const [received] = await receiver.waitFor(1);
    const wire = `{"event":"entity.created","timestamp":"2026-01-31T12:00:00+01:00","project_id":null,"data":${data}}`;
    expect(received?.body.toString()).toBe(wire);
    const answer = await request(app.server).get(`${API}/webhooks/deliveries/${body.delivery_ids[0]}`);
    expect(answer.text).toContain(`"payload":${wire},`);
  });

  it('has defaults for everything but the type', async () => {
    await api.createWebhook({ url: receiver.url() });
    await api.emit({ project_id: null, data: null, timestamp: null, id: null });
    const [received] = await receiver.waitFor(1);
    expect(Object.keys(received?.json)).toEqual(['event', 'timestamp', 'project_id', 'data']);
    expect(received?.json).toMatchObject({ project_id: null, data: {} });
    expect(Math.abs(Date.parse(received?.json.timestamp) - Date.now())).toBeLessThan(60_000);
  });

  it.each([
    [{}, 'body.event'],
    [{ event: 5 }, 'body.event'],
    [{ event: 'entity.created', project_id: 5 }, 'body.project_id'],
    [{ event: 'entity.created', project_id: 'x'.repeat(256) }, 'body.project_id'],
    [{ event: 'entity.created', data: [] }, 'body.data'],
    [{ event: 'entity.created', data: 'x' }, 'body.data'],
    [{ event: 'entity.created', timestamp: 'yesterday' }, 'body.timestamp'],
    [{ event: 'entity.created', timestamp: '2026-02-30T00:00:00Z' }, 'body.timestamp'],
    [{ event: 'entity.created', timestamp: '2026-01-01T00:00:00' }, 'body.timestamp'],
    [{ event: 'entity.created', id: '' }, 'body.id'],
    [{ event: 'entity.created', id: 'x'.repeat(129) }, 'body.id'],
    [{ event: 'entity.created', id: 'a b' }, 'body.id'],
    [{ event: 'entity.created', id: 'ä' }, 'body.id'],
  ])('422 for case %#', async (body, field) => {
    const answer = await api.post('/events', body, 422);
    expect(answer.errors.map(({ loc }: any) => loc.join('.'))).toEqual([field]);
    expect(await total()).toBe(0);
  });

  it('400 for an unknown type', async () => {
    expect((await api.post('/events', { event: 'entity.eaten' }, 400)).detail).toBe(
      'Invalid event type: entity.eaten',
    );
    await api.post('/events', { event: 'entity.*' }, 400);
  });

  it.each([
    ['{"event":', 400],
    ['{"event":"entity.created","data":NaN}', 400],
    ['{"event":"entity.created","data":{"a":01}}', 400],
    ['', 422],
    ['[]', 422],
    ['"entity.created"', 422],
    [`{"event":"entity.created","data":${'{"a":'.repeat(70)}1${'}'.repeat(70)}}`, 422],
    [`{"event":"entity.created","data":{"a":"${'x'.repeat(1024 * 1024)}"}}`, 413],
  ])('takes no body of case %#', async (text, status) => {
    const { headers } = await raw('/events', text).expect(status);
    expect(headers['content-type']).toMatch('application/problem+json');
    expect(await total()).toBe(0);
  });

  it('takes JSON only, uncompressed, in UTF-8', async () => {
    const text = '{"event":"entity.created"}';
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '']) {
      await raw('/events', text, { 'content-type': type }).expect(415);
    }
    await raw('/events', text, { 'content-encoding': 'gzip' }).expect(415);
    const latin1 = Buffer.from('{"event":"entity.created","project_id":"\xe9"}', 'latin1');
    await fetch(`${app.url}${API}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: latin1,
    }).then(({ status }) => expect(status).toBe(400));
    expect(await total()).toBe(0);
  });
});

describe('idempotency', () => {
  const keyed = (key: string, body: object) =>
    raw('/events', JSON.stringify(body), { 'Idempotency-Key': key });
  const event = { event: 'entity.created', data: { a: 1 } };

  beforeEach(() => api.createWebhook({ url: receiver.url() }));

  it('answers the repeat of an id with the first result and delivers once', async () => {
    const first = await api.emit({ ...event, id: 'order-1' });
    expect(first.event_id).toBe('order-1');
    expect(await api.emit({ ...event, id: 'order-1' })).toEqual(first);
    await receiver.waitFor(1);
    await receiver.expectQuiet();
    expect(receiver.requests[0]?.headers['webhook-id']).toBe('order-1');
    expect(await total()).toBe(1);
  });

  it('answers the repeat of a key with the first result, many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => keyed('k-1', event)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await total()).toBe(1);
  });

  it.each([
    [{ data: { a: 2 } }],
    [{ event: 'entity.deleted' }],
    [{ project_id: 'p' }],
    [{ timestamp: '2026-01-01T00:00:00Z' }],
  ])('422 for the same id or key with another body (case %#), storing nothing', async (change) => {
    await api.emit({ ...event, id: 'e-1' });
    await keyed('k-1', event).expect(202);
    const { body } = await raw('/events', JSON.stringify({ ...event, id: 'e-1', ...change })).expect(422);
    expect(body.errors[0].loc).toEqual(['body', 'id']);
    const other = await keyed('k-1', { ...event, ...change }).expect(422);
    expect(other.body.errors[0].loc).toEqual(['header', 'idempotency-key']);
    expect(await total()).toBe(2);
  });

  it.each([' ', 'x'.repeat(129)])('422 for a bad key (case %#)', async (key) => {
    const { status } = await keyed(key, event);
    expect(status).toBe(key.trim() === '' ? 422 : 422);
  });
});

describe('POST /events/batch', () => {
  it('takes 1000 events in one write and answers in order', async () => {
    await api.createWebhook({ url: receiver.url() });
    const events = Array.from({ length: 1000 }, (_, i) => ({
      event: 'entity.created',
      id: `b-${i}`,
      data: { i },
    }));
    const { events: answers } = await api.post('/events/batch', { events }, 202);
    expect(answers.map(({ event_id }: any) => event_id)).toEqual(events.map(({ id }) => id));
    expect(await total()).toBe(1000);
    await receiver.waitFor(1000);
    expect(new Set(receiver.requests.map(({ json }) => json.data.i)).size).toBe(1000);
  });

  it('answers the repeat of a batch with its key with the first result; another batch is 422', async () => {
    await api.createWebhook({ url: receiver.url() });
    const keyed = (events: object[]) =>
      raw('/events/batch', JSON.stringify({ events }), { 'Idempotency-Key': 'b-1' });
    const events = [1, 2, 3].map((n) => ({ event: 'entity.created', data: { n } }));
    const answers = await Promise.all([keyed(events), keyed(events), keyed(events)]);
    answers.push(await keyed(events));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    for (const other of [events.slice(0, 2), [...events].reverse(), [...events, events[0]!]]) {
      const { body } = await keyed(other).expect(422);
      expect(body.errors[0].loc).toEqual(['header', 'idempotency-key']);
    }
    await raw('/events', JSON.stringify(events[0]), { 'Idempotency-Key': 'b-1' }).expect(422);
    expect(await total()).toBe(3);
    await raw('/events/batch', JSON.stringify({ events }), { 'Idempotency-Key': 'a b' }).expect(422);
  });

  it('names the index of an event whose id was used for another, also within the batch', async () => {
    const event = (id: string, n: number) => ({ event: 'entity.created', id, data: { n } });
    await api.emit(event('used', 0));
    const known = await api.post('/events/batch', { events: [event('a', 0), event('used', 1)] }, 422);
    expect(known.errors[0].loc).toEqual(['body', 'events', 1, 'id']);
    const twice = [event('a', 0), event('b', 0), event('a', 1)];
    const { errors } = await api.post('/events/batch', { events: twice }, 422);
    expect(errors[0].loc).toEqual(['body', 'events', 2, 'id']);
    expect(await total()).toBe(1);
  });

  it('holds each event of a batch to MAX_EVENT_BYTES', async () => {
    const large = { event: 'entity.created', data: { a: 'x'.repeat(1024 * 1024) } };
    const { errors } = await api.post('/events/batch', { events: [{ event: 'entity.created' }, large] }, 422);
    expect(errors).toEqual([
      { loc: ['body', 'events', 1], msg: 'must have at most 1048576 bytes', type: 'too_large' },
    ]);
    expect(await total()).toBe(0);
  });

  it('names the index of each bad event and stores nothing', async () => {
    const events = [{ event: 'entity.created' }, { event: 5 }, 'x', { event: 'entity.created', data: [] }];
    const { errors } = await api.post('/events/batch', { events }, 422);
    expect(errors.map(({ loc }: any) => loc)).toEqual([
      ['body', 'events', 1, 'event'],
      ['body', 'events', 2],
      ['body', 'events', 3, 'data'],
    ]);
    await api.post('/events/batch', { events: [{ event: 'entity.created' }, { event: 'nope' }] }, 400);
    expect(await total()).toBe(0);
  });

  it.each([
    [{}],
    [{ events: [] }],
    [{ events: {} }],
    [{ events: Array.from({ length: 1001 }, () => ({ event: 'entity.created' })) }],
  ])('422 for case %#', async (body) => {
    expect((await api.post('/events/batch', body, 422)).errors[0].loc).toEqual(['body', 'events']);
  });

  it('is all or nothing when one event conflicts', async () => {
    await api.emit({ id: 'x', data: { a: 1 } });
    const events = [
      { event: 'entity.created', id: 'new' },
      { event: 'entity.created', id: 'x', data: { a: 2 } },
    ];
    await api.post('/events/batch', { events }, 422);
    const twice = [
      { event: 'entity.created', id: 'y', data: { a: 1 } },
      { event: 'entity.created', id: 'y' },
    ];
    await api.post('/events/batch', { events: twice }, 422);
    expect(await total()).toBe(1);
  });

  it('folds repeats within a batch', async () => {
    const event = { event: 'entity.created', id: 'z' };
    const { events } = await api.post('/events/batch', { events: [event, event] }, 202);
    expect(events[0]).toEqual(events[1]);
    expect(await total()).toBe(1);
  });

  it('takes more than 1 MiB', async () => {
    const events = Array.from({ length: 3 }, () => ({
      event: 'entity.created',
      data: { a: 'x'.repeat(700_000) },
    }));
    await api.post('/events/batch', { events }, 202);
  });
});

describe('WebhookService.sendEvent', () => {
  it('records like POST /events', async () => {
    await api.createWebhook({ url: receiver.url(), project_id: 'p' });
    const service = app.get(WebhookService);
    const { eventId, deliveryIds } = await service.sendEvent('orphan.linked', { projectId: 'p' });
    expect(deliveryIds).toEqual([]);
    const sent = await service.sendEvent('entity.created', {
      projectId: 'p',
      data: { a: 1 },
      timestamp: new Date(0),
      id: 'di-1',
    });
    expect(sent.eventId).toBe('di-1');
    const [received] = await receiver.waitFor(1);
    expect(received?.json).toEqual({
      event: 'entity.created',
      timestamp: '1970-01-01T00:00:00.000Z',
      project_id: 'p',
      data: { a: 1 },
    });
    expect(eventId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('refuses what it cannot send', async () => {
    const service = app.get(WebhookService);
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    await expect(service.sendEvent('nope' as never)).rejects.toThrow('Invalid event type: nope');
    await expect(service.sendEvent('entity.created', { data: { big: 1n } })).rejects.toThrow(/data/);
    await expect(service.sendEvent('entity.created', { data: cyclic })).rejects.toThrow(/data/);
    await expect(service.sendEvent('entity.created', { id: 'a b' })).rejects.toThrow(/id/);
  });
});
