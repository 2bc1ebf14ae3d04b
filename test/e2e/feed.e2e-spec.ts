import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { Dispatcher } from '../../src/delivery/lanes/dispatcher.js';
import { WebhookStates } from '../../src/feed/webhook-states.neo4j.repository.js';
import { WebhookService } from '../../src/index.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { EventStream } from '../support/event-stream.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

let app: TestApp;
let api: Api;
let graph: Graph;
let receiver: Receiver;
let open: EventStream[];

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  receiver = await Receiver.start();
  app = await TestApp.start({ env: { BREAKER_THRESHOLD: '2', CORS_ORIGINS: 'https://app.example' } });
  api = new Api(app);
});
beforeEach(async () => {
  await app.get(WebhookService).clear();
  receiver.answerWith([]);
  open = [];
});
afterEach(() => {
  for (const stream of open) stream.close();
});
afterAll(async () => {
  await app.get(WebhookService).clear();
  await app.close();
  await receiver.close();
  await graph.close();
});

async function watch(query = '', of = app): Promise<EventStream> {
  const stream = await EventStream.open(`${of.url}${API}/feed${query}`);
  open.push(stream);
  expect(stream.response.statusCode).toBe(200);
  await until(() => stream.text.includes(': ready'));
  return stream;
}

describe('GET /feed', () => {
  it('tells of an event and what became of it, without bodies', async () => {
    const { id } = await api.createWebhook({
      url: receiver.url(),
      retry_config: { max_retries: 1, initial_delay: 0.1 },
    });
    receiver.answerWith([{ status: 500, body: 'SECRET-ANSWER' }, 204]);
    const stream = await watch();
    const { event_id, delivery_ids } = await api.emit({ project_id: 'p', data: { a: 'SECRET-BODY' } });
    expect(await stream.find('event')).toEqual({
      ...{ id: event_id, event: 'entity.created', project_id: 'p', deliveries: 1 },
    });
    const common = {
      id: delivery_ids[0],
      webhook_id: id,
      event_id,
      event: 'entity.created',
      project_id: 'p',
    };
    const times = { duration_ms: expect.any(Number), created_at: expect.stringMatching(/Z$/) };
    expect(await stream.find('delivery')).toEqual({
      ...{ ...common, ...times, status: 'retrying', attempts: 1, response_code: 500 },
      ...{ error_message: 'HTTP 500', error_code: 'http', next_retry_at: expect.stringMatching(/Z$/) },
    });
    expect(await stream.find('delivery', ({ status }) => status === 'success')).toEqual({
      ...{ ...common, ...times, status: 'success', attempts: 2, response_code: 204 },
      ...{ error_message: null, error_code: null, next_retry_at: null },
    });
    expect(stream.text).not.toMatch(/SECRET/);
  });

  it('tells of webhooks: changed, failing, well again, deleted', async () => {
    const { id } = await api.createWebhook({ url: receiver.url(), retry_config: { max_retries: 0 } });
    const stream = await watch('?topics=webhooks');
    receiver.answerWith([500]);
    await api.emit();
    await api.emit();
    const failing = await stream.find('webhook', ({ circuit }) => circuit === 'open');
    expect(failing).toMatchObject({ id, active: true, deleted: false, disabled_reason: null });
    receiver.answerWith([200]);
    await api.post(`/webhooks/${id}/test`, undefined, 200);
    await stream.find('webhook', ({ circuit }) => circuit === 'closed');
    await request(app.server).patch(`${API}/webhooks/${id}`).send({ active: false }).expect(200);
    await stream.find('webhook', ({ active, deleted }) => !active && !deleted);
    await request(app.server).delete(`${API}/webhooks/${id}`).expect(204);
    await stream.find('webhook', ({ deleted }) => deleted);
    expect(stream.events.filter(({ name }) => name !== 'webhook')).toEqual([]);
  });

  it('tells of a webhook that is blocked, at the first refusal and after a restart', async () => {
    const url = receiver.url('/services/T0/B0/planted-token');
    const { id } = await api.createWebhook({ url, format: 'slack' });
    const stream = await watch('?topics=webhooks');
    receiver.answerWith([{ status: 403, body: 'action_prohibited' }]);
    await api.emit();
    await stream.find('webhook', ({ circuit }) => circuit === 'open');
    const other = await TestApp.start({ env: { BREAKER_THRESHOLD: '0' } });
    try {
      await until(async () => (await api.get(`/webhooks/${id}`)).consecutive_failures > 0, 'it is written');
      const [state] = await other.get(WebhookStates).of([id]);
      expect(state).toMatchObject({ circuit: 'open', failing_since: expect.any(String) });
    } finally {
      await other.close();
    }
  });

  it('tells each client what it asked for', async () => {
    const one = await api.createWebhook({ url: receiver.url() });
    const two = await api.createWebhook({ url: receiver.url(), events: ['report.generated'] });
    const own = await watch(`?webhook_id=${one.id}&topics=deliveries`);
    const reports = await watch('?event=report.generated&topics=deliveries,events&status=success');
    const failures = await watch('?status=failed&topics=deliveries&project_id=');
    const first = await api.emit();
    const second = await api.emit({ event: 'report.generated' });
    await own.find('delivery', ({ id }) => id === first.delivery_ids[0]);
    await reports.find('delivery', ({ id }) => id === second.delivery_ids[0]);
    expect(own.events.map(({ data }) => data.webhook_id)).toEqual([one.id]);
    expect(reports.events.map(({ data }) => data.webhook_id ?? data.id)).toEqual([second.event_id, two.id]);
    expect(failures.events).toEqual([]);
  });

  it('listens to the engine only while somebody watches', async () => {
    const observers = (): number => (app.get(Dispatcher) as any).conclusions.committed.observers.length;
    const usual = observers();
    const stream = await watch();
    expect(observers()).toBe(usual + 1);
    stream.close();
    await until(() => observers() === usual);
  });

  it.each([
    ['topics=nope', 422],
    ['topics=deliveries,,events', 422],
    ['topics=deliveries&topics=events', 422],
    ['event=nope', 400],
    ['event=entity.*', 400],
    ['status=nope', 400],
    [`webhook_id=${'x'.repeat(256)}`, 422],
    [`topics=${'x'.repeat(5000)}`, 422],
  ])('refuses a question that it cannot answer (case %#)', async (query, status) => {
    const { headers } = await request(app.server).get(`${API}/feed?${query}`).expect(status);
    expect(headers['content-type']).toMatch('application/problem+json');
  });

  it('answers HEAD and an unknown webhook, and nothing but GET', async () => {
    await request(app.server)
      .head(`${API}/feed`)
      .expect(200)
      .expect('content-type', /event-stream/);
    await watch('?webhook_id=%00%F0%9F%92%A9&project_id=%27');
    await request(app.server).post(`${API}/feed`).expect(405);
  });

  it('may be read by pages of listed origins', async () => {
    const stream = await EventStream.open(`${app.url}${API}/feed`, { Origin: 'https://app.example' });
    open.push(stream);
    expect(stream.response.headers['access-control-allow-origin']).toBe('https://app.example');
    expect(stream.response.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(stream.response.headers['cache-control']).toBe('no-store');
  });

  it('has room for 64 clients, and says so to one more', async () => {
    await Promise.all(Array.from({ length: 64 }, () => watch()));
    const { body, headers } = await request(app.server).get(`${API}/feed`).expect(503);
    expect(body.detail).toContain('64');
    expect(headers['retry-after']).toBeDefined();
    const { text } = await request(app.server).get('/metrics').expect(200);
    expect(text).toContain('\nbasset_webhooks_feed_clients 64\n');
    open.pop()!.close();
    await until(async () => (await request(app.server).head(`${API}/feed`)).status === 200);
  });
});

describe('another instance', () => {
  it('tells that something happened here, and a stop ends its streams', async () => {
    const other = await TestApp.start();
    const stream = await watch('?topics=events', other);
    // From its first heartbeat on it knows what was done before.
    await until(async () => {
      await api.emit();
      return stream.events.some(({ name }) => name === 'changed');
    });
    await other.close();
    await until(() => stream.ended);
  });
});
