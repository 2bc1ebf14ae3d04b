import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { WebhookService } from '../../src/index.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { testConnection } from '../support/connection.js';
import { Graph } from '../support/graph.js';
import { OtlpCollector } from '../support/otlp-collector.js';
import { Receiver } from '../support/receiver.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const EMITTER = 'b7ad6b7169203331';
const PARENT = `00-${TRACE}-${EMITTER}-01`;
const OTHER = '00-11111111111111111111111111111111-2222222222222222-00';

let graph: Graph;
let receiver: Receiver;

beforeAll(async () => {
  graph = Graph.open();
  receiver = await Receiver.start();
});
beforeEach(async () => {
  await graph.wipe();
  receiver.answerWith([]);
  receiver.clear();
});
afterAll(async () => {
  await graph.wipe();
  await receiver.close();
  await graph.close();
});

describe('a trace of the emitter, without any SDK', () => {
  let app: TestApp;
  let api: Api;

  beforeEach(async () => {
    app = await TestApp.start();
    api = new Api(app);
    await api.createWebhook({ url: receiver.url(), retry_config: { initial_delay: 0.1 } });
  });
  afterEach(() => app.close());

  const emit = (body: object, traceparent: string, path = '/events') =>
    request(app.server).post(`${API}${path}`).set('traceparent', traceparent).send(body).expect(202);
  const sent = (): unknown[] => receiver.requests.map(({ headers }) => headers['traceparent'] ?? null);

  it('is sent on as it came, with every attempt, to receivers alone', async () => {
    receiver.answerWith([500, 200]);
    await emit({ event: 'entity.created' }, PARENT);
    await receiver.waitFor(2);
    expect(sent()).toEqual([PARENT, PARENT]);
    expect(receiver.requests[0]?.headers).not.toHaveProperty('tracestate');
    await api.emit();
    await emit({ event: 'entity.created' }, `00-${'0'.repeat(32)}-${EMITTER}-01`);
    await receiver.waitFor(4);
    expect(sent().slice(2)).toEqual([null, null]);
  });

  it('is that of the event, else that of the request', async () => {
    const events = [{ event: 'entity.created', traceparent: OTHER }, { event: 'entity.created' }];
    await emit({ events }, PARENT, '/events/batch');
    await receiver.waitFor(2);
    expect(sent().sort()).toEqual([PARENT, OTHER].sort());
    receiver.clear();
    await app.get(WebhookService).sendEvent('entity.created', { traceparent: OTHER });
    await graph.run(`CREATE (:WebhookOutbox {event: 'entity.created', traceparent: $trace})`, {
      trace: PARENT,
    });
    await receiver.waitFor(2);
    expect(sent()).toEqual([OTHER, PARENT]);
  });

  it('makes no other event of a repeat, and is no part of what is signed', async () => {
    const event = { event: 'entity.created', id: 'one' };
    const first = await emit(event, PARENT);
    expect((await emit(event, OTHER)).body).toEqual(first.body);
    await receiver.waitFor(1);
    expect(receiver.requests[0]?.json).not.toHaveProperty('traceparent');
  });

  it('names a field that is no text', async () => {
    for (const traceparent of [7, 'x'.repeat(256)]) {
      const { errors } = await api.post('/events', { event: 'entity.created', traceparent }, 422);
      expect(errors.map(({ loc }: any) => loc)).toEqual([['body', 'traceparent']]);
    }
  });

  it('cannot be set by a webhook', async () => {
    for (const name of ['traceparent', 'Tracestate', 'baggage']) {
      const headers = { [name]: 'x' };
      const body = { name: 'n', url: receiver.url(), events: ['*'], headers };
      expect((await api.post('/webhooks', body, 422)).errors).toHaveLength(1);
    }
  });

  it('stays here with TRACE_PROPAGATION=off', async () => {
    await app.close();
    app = await TestApp.start({ env: { TRACE_PROPAGATION: 'off' } });
    await emit({ event: 'entity.created', traceparent: OTHER }, PARENT);
    await receiver.waitFor(1);
    expect(sent()).toEqual([null]);
    expect(await graph.run('MATCH (e:WebhookEvent) RETURN e.traceparent AS trace')).toEqual([
      { trace: null },
    ]);
  });
});

describe('spans by OTLP', () => {
  let collector: OtlpCollector;

  beforeEach(async () => {
    collector = await OtlpCollector.start();
  });
  afterEach(() => collector.close());

  it('are one trace from the emitter to every attempt, also when the service is killed in between', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const service = await ServiceProcess.start(testConnection(), env);
    receiver.answerWith(() => ({ hang: true }));
    for (const path of ['/good', '/weak'])
      await service.api('POST', '/webhooks', {
        ...{ name: path, url: receiver.url(path), events: ['*'], retry_config: { initial_delay: 0.1 } },
      });
    const event = { event: 'entity.created', data: { secret: 'nobody-else-knows' } };
    await service.call('POST', '/api/v1/events', event, { traceparent: PARENT });
    await receiver.waitFor(2);
    await until(() => collector.spans.length >= 2, 'the spans of the request', 60_000);
    await service.end('SIGKILL');

    receiver.clear();
    let weak = 0;
    receiver.answerWith(({ path }) => (path === '/weak' && (weak += 1) < 3 ? 500 : 200));
    await service.start();
    await receiver.waitFor(4);
    await until(() => collector.spans.length >= 6, 'the spans of the attempts', 60_000);
    await service.end('SIGTERM');

    expect(collector.spans.map(({ name, kind }) => `${kind} ${name}`).sort()).toEqual([
      '2 POST /events',
      ...Array.from({ length: 4 }, () => '3 deliver'),
      '4 publish entity.created',
    ]);
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
    const one = (name: string) => collector.spans.find((span) => span.name.startsWith(name))!;
    const [served, published] = [one('POST'), one('publish')];
    expect(served).toMatchObject({
      parentId: EMITTER,
      attributes: { 'http.route': '/events', 'http.response.status_code': 202 },
    });
    expect(published.parentId).toBe(served.spanId);
    const attempts = collector.spans.filter(({ name }) => name === 'deliver');
    for (const { parentId } of attempts) expect(parentId).toBe(published.spanId);
    const codes = attempts.map(({ attributes }) => attributes['http.response.status_code']);
    expect(codes.sort()).toEqual([200, 200, 500, 500]);
    expect(attempts.filter(({ status }) => status === 2)).toHaveLength(2);
    expect(attempts[0]?.attributes).toMatchObject({
      'server.address': '127.0.0.1',
      'basset.event_id': published.attributes['basset.event_id'],
      'basset.attempt': expect.any(Number),
    });
    const told = receiver.requests.map(({ headers }) => String(headers['traceparent'])).sort();
    expect(told).toEqual(attempts.map(({ spanId }) => `00-${TRACE}-${spanId}-01`).sort());
    const text = JSON.stringify(collector.spans);
    for (const hidden of ['nobody-else-knows', '/weak', '/good']) expect(text).not.toContain(hidden);
  });

  it('are of the share that is asked for, and nothing else is sent on', async () => {
    const sampler = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...sampler };
    const app = await TestApp.start({ env });
    const api = new Api(app);
    await api.createWebhook({ url: receiver.url() });
    await api.emit();
    await receiver.waitFor(1);
    await app.close();
    expect(receiver.requests[0]?.headers).not.toHaveProperty('traceparent');
    expect(collector.spans).toEqual([]);
  });
});
