import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { WebhookService } from '../../src/index.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';

/** More digits than a double holds. */
const BIG = '12345678901234567890';
const KEY = 'test-key-0123456789';

/** Otherwise a webhook that fails is asked once more after some seconds, and the figures count it. */
const WITHOUT_RECOVERY = { RECOVER_AFTER_OUTAGE: 'false' };

let app: TestApp;
let api: Api;
let graph: Graph;
let receiver: Receiver;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  receiver = await Receiver.start();
  app = await TestApp.start({ env: WITHOUT_RECOVERY });
  api = new Api(app);
});
beforeEach(async () => {
  await app.get(WebhookService).clear();
  receiver.answerWith([]);
  receiver.clear();
});
afterAll(async () => {
  await app.get(WebhookService).clear();
  await app.close();
  await receiver.close();
  await graph.close();
});

const twice = { retry_config: { max_retries: 1, initial_delay: 0.1 } };

describe('GET /webhooks/deliveries/{id}/attempts', () => {
  it('answers each attempt, oldest first', async () => {
    receiver.answerWith([{ status: 503, body: 'closed' }, 204]);
    await api.createWebhook({ url: receiver.url(), ...twice });
    const { delivery_ids } = await api.emit();
    await api.untilDelivery(delivery_ids[0]!, 'success');
    const attempt = { started_at: expect.stringMatching(/Z$/), duration_ms: expect.any(Number) };
    expect(await api.get(`/webhooks/deliveries/${delivery_ids[0]}/attempts`)).toEqual({
      attempts: [
        {
          ...{ number: 1, ...attempt, response_code: 503, response_body: 'closed' },
          ...{ error_message: 'HTTP 503', error_code: 'http' },
        },
        {
          ...{ number: 2, ...attempt, response_code: 204, response_body: '' },
          ...{ error_message: null, error_code: null },
        },
      ],
      total: 2,
    });
  });

  it('has the newest 100 of more, leaves out what is spoiled, and none before the first', async () => {
    await api.createWebhook({ url: receiver.url() });
    const { delivery_ids } = await api.emit();
    const [id] = delivery_ids;
    await api.untilDelivery(id!, 'success');
    await graph.run(
      `MATCH (delivery:WebhookDelivery {id: $id}) UNWIND range(2, 120) AS number
       CREATE (delivery)-[:HAS_ATTEMPT]->(:WebhookAttempt {
         id: $id + ':' + number, number: number, started_at: '2026-01-01T00:00:00.000Z', duration_ms: 1})`,
      { id },
    );
    const full = await api.get(`/webhooks/deliveries/${id}/attempts`);
    expect(full.total).toBe(120);
    expect(full.attempts.map(({ number }: any) => number)).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 21),
    );
    await graph.run('MATCH (attempt:WebhookAttempt {number: 120}) SET attempt.started_at = 7');
    expect((await api.get(`/webhooks/deliveries/${id}/attempts`)).attempts).toHaveLength(99);
    await graph.run('MATCH (attempt:WebhookAttempt) DETACH DELETE attempt');
    expect(await api.get(`/webhooks/deliveries/${id}/attempts`)).toEqual({ attempts: [], total: 0 });
  });

  it('is 404 for an unknown delivery', async () => {
    const { detail } = await api.get('/webhooks/deliveries/nope/attempts', 404);
    expect(detail).toBe("Delivery 'nope' not found");
  });
});

describe('GET /events/{id}', () => {
  it('answers the event by the id that receivers see, with what became of it', async () => {
    const { id } = await api.createWebhook({ url: receiver.url() });
    await api.createWebhook({ url: receiver.url('/other') });
    const event = { id: 'scan/7?#%', project_id: 'p' };
    const body = JSON.stringify({ event: 'entity.created', ...event, data: { n: 0 } }).replace(
      ':0}',
      `:${BIG}}`,
    );
    const { event_id, delivery_ids } = (
      await request(app.server).post(`${API}/events`).type('json').send(body).expect(202)
    ).body;
    for (const delivery of delivery_ids) await api.untilDelivery(delivery, 'success');
    const answer = await request(app.server)
      .get(`${API}/events/${encodeURIComponent(event_id)}`)
      .expect(200);
    expect(answer.text).toContain(BIG);
    expect(answer.body).toMatchObject({
      ...{ id: event.id, event: 'entity.created', project_id: 'p', total: 2 },
      payload: { event: 'entity.created', project_id: 'p' },
    });
    expect(answer.body.deliveries.map((one: any) => [one.id, one.status, one.payload])).toEqual(
      delivery_ids.map((one: string) => [one, 'success', null]),
    );
    expect(answer.body.deliveries.map((one: any) => one.webhook_id)).toContain(id);
    const [{ json }] = (await receiver.waitFor(2)) as [any];
    expect(answer.body.payload.timestamp).toBe(json.timestamp);
  });

  it('shows an event that nobody got, as long as it is remembered', async () => {
    await api.emit({ id: 'e-1' });
    expect(await api.get('/events/e-1')).toMatchObject({ id: 'e-1', deliveries: [], total: 0 });
  });

  it.each(['nope', '%00', '%F0%9F%92%A9', 'x'.repeat(5000)])(
    'is 404 for what is no event (case %#)',
    async (id) => {
      expect((await api.get(`/events/${id}`, 404)).detail).toBe(
        `Event '${decodeURIComponent(id)}' not found`,
      );
    },
  );
});

describe('GET /webhooks/match', () => {
  it('says who would get an event, and why the others would not; it makes none', async () => {
    const make = async (more: object) => (await api.createWebhook({ url: receiver.url(), ...more })).id;
    const all = await make({ name: 'all', events: ['entity.*'] });
    const own = await make({ name: 'own', project_id: 'p' });
    const off = await make({ name: 'off', active: false });
    const foreign = await make({ name: 'foreign', project_id: 'q' });
    const other = await make({ name: 'other', events: ['report.generated'] });
    expect(await api.get('/webhooks/match?event=entity.created&project_id=p')).toEqual({
      would_receive: [
        { webhook_id: all, name: 'all' },
        { webhook_id: own, name: 'own' },
      ],
      would_receive_total: 2,
      would_not: [
        { webhook_id: off, name: 'off', reason: 'inactive' },
        { webhook_id: foreign, name: 'foreign', reason: 'other_project' },
        { webhook_id: other, name: 'other', reason: 'not_subscribed' },
      ],
      would_not_total: 3,
    });
    const { would_receive } = await api.get('/webhooks/match?event=entity.created&project_id=');
    expect(would_receive).toEqual([{ webhook_id: all, name: 'all' }]);
    expect(await graph.count('WebhookEvent')).toBe(0);
  });

  it('asks filters about the data that are given, and about none without them', async () => {
    const filter = "data.type == 'person'";
    const { id } = await api.createWebhook({ url: receiver.url(), name: 'people', filter });
    const match = (data: string): Promise<any> =>
      api.get(`/webhooks/match?event=entity.created&data=${encodeURIComponent(data)}`);
    const [would, not] = [
      [{ webhook_id: id, name: 'people' }],
      [{ webhook_id: id, name: 'people', reason: 'filtered' }],
    ];
    expect(await match('{"type":"person"}')).toMatchObject({ would_receive: would, would_not: [] });
    expect(await match('{"type":"place"}')).toMatchObject({ would_receive: [], would_not: not });
    expect(await match('')).toMatchObject({ would_receive: [], would_not: not });
  });

  it.each(['{', '[]', 'null', '7', '"{}"', '%00', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`])(
    'names data that are no object (case %#)',
    async (data) => {
      const query = `event=entity.created&data=${encodeURIComponent(data)}`;
      const { errors } = await api.get(`/webhooks/match?${query}`, 422);
      expect(errors.map(({ loc }: any) => loc)).toEqual([['query', 'data']]);
    },
  );

  it.each([
    ['', 422],
    ['event=entity.created&data={}&data={}', 422],
    ['event=entity.created&data={}', 200],
    ['event=', 400],
    ['event=entity.*', 400],
    ['event=nope', 400],
    ['event=entity.created&event=entity.updated', 422],
    [`event=entity.created&project_id=${'p'.repeat(256)}`, 422],
    ['event=entity.created&project_id=%00', 200],
  ])('answers a good question only (case %#)', async (query, status) => {
    await api.get(`/webhooks/match?${query}`, status);
  });
});

describe('POST /webhooks/match', () => {
  it('asks filters about the data in its body, whatever their size, and makes no event', async () => {
    const filter = "data.type == 'person'";
    const { id } = await api.createWebhook({ url: receiver.url(), name: 'people', filter, project_id: 'p' });
    const match = (data: object, project_id: string | null = 'p'): Promise<any> =>
      api.post('/webhooks/match', { event: 'entity.created', project_id, data }, 200);
    const text = 'x'.repeat(50_000);
    const person = { webhook_id: id, name: 'people' };
    expect(await match({ type: 'person', text })).toEqual({
      ...{ would_receive: [person], would_receive_total: 1, would_not: [], would_not_total: 0 },
    });
    expect(await match({ type: 'place', text })).toMatchObject({
      would_not: [{ ...person, reason: 'filtered' }],
    });
    for (const none of [null, ''])
      expect(await match({ type: 'person' }, none)).toMatchObject({
        would_not: [{ ...person, reason: 'other_project' }],
      });
    expect(await graph.count('WebhookEvent')).toBe(0);
  });

  it.each([
    [[], 422, [['body']]],
    [{}, 422, [['body', 'event']]],
    [{ event: 7, project_id: 7, data: [] }, 422, ['event', 'project_id', 'data'].map((at) => ['body', at])],
    [{ event: 'entity.created', payload: {} }, 422, [['body', 'payload']]],
    [{ event: 'entity.created', id: 'one' }, 422, [['body', 'id']]],
    [{ event: 'entity.*' }, 400, [['body', 'event']]],
    [{ event: 'entity.created', data: null, project_id: null }, 200, undefined],
  ])('answers a good question only (case %#)', async (question, status, places) => {
    const { errors } = await api.post('/webhooks/match', question, status);
    expect(errors?.map(({ loc }: any) => loc)).toEqual(places);
  });
});

describe('GET /webhooks/activity', () => {
  const none = { succeeded: 0, failed: 0, attempts: 0, mean_ms: null };
  const answers = { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0 };
  const now = (buckets: any[]) => buckets.at(-1);

  it('counts what became of deliveries, by the hour, the day and the webhook, and over a restart', async () => {
    receiver.answerWith([503, 204]);
    const { id } = await api.createWebhook({ url: receiver.url(), ...twice });
    const other = await api.createWebhook({
      url: 'http://127.0.0.1:1/',
      retry_config: { max_retries: 0 },
      project_id: 'p',
    });
    const { delivery_ids } = await api.emit({ project_id: 'p' });
    for (const delivery of delivery_ids) await api.untilDelivery(delivery, 'success', 'failed');
    const mean_ms = expect.any(Number);
    const ofOne = {
      succeeded: 1,
      failed: 0,
      attempts: 2,
      mean_ms,
      by_answer: { ...answers, '2xx': 1, '5xx': 1 },
    };
    const ofOther = { succeeded: 0, failed: 1, attempts: 1, mean_ms, by_answer: { ...answers, none: 1 } };
    const ofAll = { succeeded: 1, failed: 1, attempts: 3, mean_ms };
    const expectFigures = async () => {
      const { buckets } = await api.get('/webhooks/activity');
      expect(buckets).toHaveLength(24);
      expect(buckets[0]).toEqual({ from: expect.any(String), ...none, by_answer: answers });
      expect(now(buckets)).toMatchObject(ofAll);
      expect(now(buckets).from).toMatch(/T\d\d:00:00\.000Z$/);
      expect(now((await api.get(`/webhooks/activity?webhook_id=${id}`)).buckets)).toMatchObject(ofOne);
      const days = (await api.get(`/webhooks/activity?webhook_id=${other.id}&bucket=day`)).buckets;
      expect(days).toHaveLength(31);
      expect(now(days)).toMatchObject(ofOther);
      expect((await api.get('/webhooks/activity?group=webhook')).webhooks).toEqual(
        expect.arrayContaining([
          { webhook_id: id, ...ofOne },
          { webhook_id: other.id, ...ofOther },
        ]),
      );
      const { webhooks } = await api.get(`/webhooks/activity?group=webhook&webhook_id=${id}`);
      expect(webhooks).toEqual([{ webhook_id: id, ...ofOne }]);
    };
    await expectFigures();
    await app.close();
    app = await TestApp.start({ env: WITHOUT_RECOVERY });
    api = new Api(app);
    await expectFigures();
    await app.get(WebhookService).clear();
    expect(now((await api.get('/webhooks/activity')).buckets)).toMatchObject(none);
  });

  it('is empty for a webhook that does not exist, and for a time that has not come', async () => {
    expect(now((await api.get('/webhooks/activity?webhook_id=unknown')).buckets)).toMatchObject(none);
    expect(await api.get('/webhooks/activity?since=2999-01-01T00:00:00Z')).toEqual({ buckets: [] });
    expect((await api.get('/webhooks/activity?since=')).buckets).toHaveLength(24);
  });

  it.each([
    ['since=yesterday', 'since'],
    ['bucket=minute', 'bucket'],
    ['group=project', 'group'],
  ])('names what it does not know: %s', async (query, field) => {
    const { errors } = await api.get(`/webhooks/activity?${query}`, 422);
    expect(errors.map(({ loc }: any) => loc.at(-1))).toEqual([field]);
  });
});

describe('GET /info', () => {
  it('says what runs here, with which limits, and no addresses', async () => {
    expect(await api.get('/info')).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.versions.node,
      neo4j: { version: expect.stringMatching(/^\d+\.\d+/), edition: 'community', embedded: false },
      instances: [{ host: expect.any(String), started_at: expect.stringMatching(/Z$/) }],
      capture: { state: 'active', writer: 'plugin' },
      uptime_seconds: expect.any(Number),
      limits: {
        delivery_timeout_seconds: 30,
        disable_after_days: 5,
        disable_after_failures: 20,
        breaker_max_pause_seconds: 300,
        max_deliveries: 1000,
        max_event_bytes: 1_048_576,
      },
      caller: null,
      read_only: false,
    });
  });
});

describe('a key that may only look', () => {
  let guarded: TestApp;
  const LOOK = 'look-key-0123456789';

  beforeAll(async () => {
    const env = { API_KEYS: `ci:${KEY}`, READ_ONLY_API_KEYS: `wall:${LOOK}` };
    guarded = await TestApp.start({ env });
  });
  afterAll(() => guarded.close());

  const as = (key: string, method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string) =>
    request(guarded.server)[method](path).set('X-API-Key', key);

  it('reads, and is told so', async () => {
    const { body } = await as(LOOK, 'get', `${API}/info`).expect(200);
    expect(body).toMatchObject({ caller: 'wall', read_only: true });
    expect((await as(KEY, 'get', `${API}/info`).expect(200)).body).toMatchObject({
      caller: 'ci',
      read_only: false,
    });
    await as(LOOK, 'get', `${API}/webhooks/match?event=entity.created`).expect(200);
    await as(LOOK, 'post', `${API}/webhooks/match`).send({ event: 'entity.created' }).expect(200);
  });

  it.each([
    ['post', '/webhooks'],
    ['post', '/events'],
    ['post', '/events/batch'],
    ['put', '/webhooks/x'],
    ['patch', '/webhooks/x'],
    ['delete', '/webhooks/x'],
    ['post', '/webhooks/x/test'],
    ['post', '/webhooks/deliveries/x/retry'],
  ] as const)('changes nothing: %s %s', async (method, path) => {
    const { body } = await as(LOOK, method, API + path).expect(403);
    expect(body).toMatchObject({ status: 403, detail: expect.stringContaining('read') });
  });
});
