import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { verify } from '@octokit/webhooks-methods';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import request from 'supertest';
import { WebhookService } from '../../src/index.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { ManualClock } from '../support/clock.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

let graph: Graph;
let receiver: Receiver;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
});
beforeEach(async () => {
  receiver = await Receiver.start();
});
afterEach(() => receiver.close());
afterAll(() => graph.close());

/** An app for one describe block, cleared between its tests. */
function useApp(env: Record<string, string> = {}): () => { app: TestApp; api: Api } {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ env });
  });
  beforeEach(() => app.get(WebhookService).clear());
  afterAll(() => app.close());
  return () => ({ app, api: new Api(app) });
}

describe('on the wire', () => {
  const use = useApp();
  const PLAIN = 'my-secret-key';
  const WHSEC = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

  it.each([
    ['a plain secret', PLAIN, Buffer.from(PLAIN).toString('base64')],
    ['a Standard Webhooks secret', WHSEC, WHSEC],
  ])('is verified by independent libraries with %s', async (_, secret, standardSecret) => {
    const { api } = use();
    await api.createWebhook({ url: receiver.url(), secret });
    await api.emit({ data: { name: 'Jöhn — Дое 😀', n: 1.5 } });
    const { headers, body } = (await receiver.waitFor(1))[0]!;
    const text = body.toString('utf8');
    new StandardWebhook(standardSecret).verify(text, headers as Record<string, string>);
    expect(await verify(secret, text, headers['x-webhook-signature'] as string)).toBe(true);
    expect(() =>
      new StandardWebhook(standardSecret).verify(`${text} `, headers as Record<string, string>),
    ).toThrow();
  });

  it('carries exactly the headers of the contract', async () => {
    const { api } = use();
    await api.createWebhook({
      url: receiver.url('/path?q=1'),
      secret: 's',
      headers: { 'X-Team': 'osint', Authorization: 'Bearer x' },
    });
    const { event_id, delivery_ids } = await api.emit();
    const [received] = await receiver.waitFor(1);
    expect(received?.method).toBe('POST');
    expect(received?.path).toBe('/path?q=1');
    expect(received?.headers).toEqual({
      host: `127.0.0.1:${receiver.port}`,
      accept: '*/*',
      connection: 'keep-alive',
      'content-length': String(received?.body.length),
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^Basset-Hound-Webhooks\/\d+\.\d+\.\d+/),
      'x-team': 'osint',
      authorization: 'Bearer x',
      'webhook-id': event_id,
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
      'x-webhook-signature': expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
      'x-webhook-event': 'entity.created',
      'x-webhook-delivery': delivery_ids[0],
      'x-webhook-attempt': '1',
    });
  });

  it('is unsigned without a secret', async () => {
    const { api } = use();
    await api.createWebhook({ url: receiver.url() });
    await api.emit();
    const [received] = await receiver.waitFor(1);
    expect(Object.keys(received!.headers).filter((name) => name.includes('signature'))).toEqual([]);
    expect(received?.headers['webhook-id']).toBeTruthy();
  });

  it('sends the same bytes to every webhook and with every attempt', async () => {
    const { api } = use();
    receiver.answerWith([500, 500, 500, 200]);
    for (const path of ['/a', '/b'])
      await api.createWebhook({ url: receiver.url(path), retry_config: { initial_delay: 0.1 } });
    await api.emit({ data: { n: 1 } });
    await receiver.waitFor(5);
    expect(new Set(receiver.requests.map(({ body }) => body.toString('hex'))).size).toBe(1);
    expect(new Set(receiver.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });
});

describe('who gets an event', () => {
  const use = useApp();

  it('active webhooks whose events and project match', async () => {
    const { api } = use();
    await graph.run("MERGE (:Project {id: 'uuid-9', safe_name: 'case_nine'})");
    const paths = {
      global: {},
      mine: { project_id: 'case_nine' },
      theirs: { project_id: 'other' },
      off: { active: false },
      'other-event': { events: ['orphan.*'] },
      all: { events: ['*'] },
    };
    for (const [path, more] of Object.entries(paths))
      await api.createWebhook({ url: receiver.url(`/${path}`), ...more });
    const got = async (event: object, count: number): Promise<string[]> => {
      receiver.clear();
      expect((await api.emit(event)).delivery_ids).toHaveLength(count);
      await receiver.waitFor(count);
      return receiver.requests.map(({ path }) => path).sort();
    };
    expect(await got({ project_id: 'case_nine' }, 3)).toEqual(['/all', '/global', '/mine']);
    expect(await got({ project_id: 'uuid-9' }, 3)).toEqual(['/all', '/global', '/mine']);
    expect(await got({}, 2)).toEqual(['/all', '/global']);
    expect(await got({ event: 'orphan.created' }, 2)).toEqual(['/all', '/other-event']);
    await graph.run('MATCH (p:Project) DETACH DELETE p');
  });

  it('sees a change at once', async () => {
    const { app, api } = use();
    const { id } = await api.createWebhook({ url: receiver.url('/one') });
    await request(app.server)
      .patch(`${API}/webhooks/${id}`)
      .send({ events: ['orphan.created'] })
      .expect(200);
    expect((await api.emit()).delivery_ids).toEqual([]);
    await request(app.server)
      .patch(`${API}/webhooks/${id}`)
      .send({ events: ['*'], url: receiver.url('/two') })
      .expect(200);
    await api.emit();
    expect((await receiver.waitFor(1))[0]?.path).toBe('/two');
  });

  it('is found by an instance that another one told nothing', async () => {
    const { app, api } = use();
    const other = await TestApp.start();
    try {
      await new Api(other).createWebhook({ url: receiver.url() });
      expect((await api.emit()).delivery_ids).toHaveLength(1);
      await receiver.waitFor(1);
      expect(app).not.toBe(other);
    } finally {
      await other.close();
    }
  });

  it('never a webhook whose project was deleted: it stays, inactive, with its reason', async () => {
    const { app, api } = use();
    await graph.run("CREATE (:Project {id: 'uuid-gone', safe_name: 'gone'})");
    const { id } = await api.createWebhook({ url: receiver.url(), project_id: 'gone' });
    await graph.run("MATCH (p:Project {safe_name: 'gone'}) DETACH DELETE p");
    const { HistorySweeper } = await import('../../src/history/eviction/history-sweeper.js');
    await app.get(HistorySweeper).sweep();
    expect(await api.get(`/webhooks/${id}`)).toMatchObject({
      active: false,
      project_id: 'gone',
      disabled_reason: 'its project was deleted',
      disabled_at: expect.any(String),
    });
    expect((await api.emit({ project_id: 'gone' })).delivery_ids).toEqual([]);
  });
});

describe('failures', () => {
  const use = useApp({ DELIVERY_TIMEOUT_SECONDS: '0.5' });
  const noRetry = { retry_config: { max_retries: 0 } };

  it.each([
    ['an error status', { status: 500 }, 500, 'HTTP 500', 'http'],
    [
      'a redirect, which is not followed',
      { status: 302, headers: { location: '/other' } },
      302,
      'HTTP 302',
      'http',
    ],
    ['no answer in time', { hang: true }, null, 'timed out', 'timed_out'],
    ['a reset connection', { reset: true }, null, 'could not connect', 'could_not_connect'],
  ])('of %s say so', async (_, answer, code, message, errorCode) => {
    const { api } = use();
    receiver.answerWith([answer]);
    await api.createWebhook({ url: receiver.url(), ...noRetry });
    const { delivery_ids } = await api.emit();
    const record = await api.untilDelivery(delivery_ids[0]!, 'failed');
    expect(record).toMatchObject({
      response_code: code,
      error_message: message,
      error_code: errorCode,
      attempts: 1,
      next_retry_at: null,
    });
    expect(receiver.requests).toHaveLength(1);
  });

  it('of nobody listening say so', async () => {
    const { api } = use();
    const url = receiver.url();
    await receiver.close();
    await api.createWebhook({ url, ...noRetry });
    const { delivery_ids } = await api.emit();
    expect(await api.untilDelivery(delivery_ids[0]!, 'failed')).toMatchObject({
      error_message: 'could not connect',
    });
  });

  it('end a webhook that is gone: 410 stops at once and switches it off', async () => {
    const { app, api } = use();
    receiver.answerWith([410, 200]);
    const { id } = await api.createWebhook({ url: receiver.url() });
    const { delivery_ids } = await api.emit();
    expect(await api.untilDelivery(delivery_ids[0]!, 'failed')).toMatchObject({
      attempts: 1,
      error_message: 'HTTP 410',
    });
    await until(async () => !(await api.get(`/webhooks/${id}`)).active);
    expect((await api.get(`/webhooks/${id}`)).disabled_reason).toMatch('410');
    expect((await api.emit()).delivery_ids).toEqual([]);
    const { body } = await request(app.server)
      .patch(`${API}/webhooks/${id}`)
      .send({ active: true })
      .expect(200);
    expect(body).toMatchObject({ active: true, disabled_reason: null, disabled_at: null });
  });

  it('wait as long as the receiver asks, also beyond the longest delay', async () => {
    const { api } = use();
    receiver.answerWith([{ status: 429, headers: { 'retry-after': '7' } }]);
    await api.createWebhook({ url: receiver.url(), retry_config: { max_delay: 5 } });
    const { delivery_ids } = await api.emit();
    const record = await api.untilDelivery(delivery_ids[0]!, 'retrying');
    const waited = Date.parse(record.next_retry_at) - Date.parse(record.last_attempt_at);
    expect(waited).toBeGreaterThanOrEqual(7000);
  });

  it('of a webhook that is switched off or deleted end as failed, with the reason', async () => {
    const { app, api } = use();
    receiver.answerWith([500]);
    const retry = { retry_config: { initial_delay: 4 } };
    const off = await api.createWebhook({ url: receiver.url('/off'), ...retry });
    const deleted = await api.createWebhook({ url: receiver.url('/deleted'), ...retry });
    const { delivery_ids } = await api.emit();
    for (const id of delivery_ids) await api.untilDelivery(id, 'retrying');
    await request(app.server).patch(`${API}/webhooks/${off.id}`).send({ active: false }).expect(200);
    await request(app.server).delete(`${API}/webhooks/${deleted.id}`).expect(204);
    const records = await Promise.all(delivery_ids.map((id) => api.untilDelivery(id, 'failed')));
    expect(records.map(({ error_message }) => error_message).sort()).toEqual([
      'webhook is inactive',
      'webhook was deleted',
    ]);
    expect(receiver.requests).toHaveLength(2);
    expect((await api.get('/webhooks/stats')).pending_deliveries).toBe(0);
  });
});

describe('the retry schedule', () => {
  it('waits min(initial * multiplier^(n-1), max) after attempt n, by the injected clock', async () => {
    const clock = new ManualClock();
    const app = await TestApp.start({ clock });
    try {
      const api = new Api(app);
      await app.get(WebhookService).clear();
      receiver.answerWith([500]);
      const retry_config = { max_retries: 3, initial_delay: 10, backoff_multiplier: 3, max_delay: 60 };
      await api.createWebhook({ url: receiver.url(), retry_config });
      const { delivery_ids } = await api.emit();
      const waits: number[] = [];
      for (let attempt = 1; attempt <= 3; attempt += 1) {
        const record = await until(async () => {
          const found = await api.delivery(delivery_ids[0]!);
          return found.attempts === attempt && found.status === 'retrying' ? found : undefined;
        });
        waits.push(Date.parse(record.next_retry_at) - clock.now());
        clock.advance(waits.at(-1)!);
      }
      expect(waits).toEqual([10_000, 30_000, 60_000]);
      const record = await api.untilDelivery(delivery_ids[0]!, 'failed');
      expect(record).toMatchObject({ attempts: 4, next_retry_at: null });
    } finally {
      await app.close();
    }
  }, 40_000);
});

describe('the outbound throttle', () => {
  const use = useApp({ MAX_REQUESTS_PER_SECOND: '20' });

  it('spaces requests to one destination over all its webhooks, first and later attempts and tests alike, and drops none', async () => {
    const { api } = use();
    receiver.answerWith(({ headers }) => (headers['x-webhook-attempt'] === '1' ? 500 : 200));
    const retry = { retry_config: { initial_delay: 0.1, backoff_multiplier: 1 } };
    const hooks = [
      await api.createWebhook({ url: receiver.url('/a'), ...retry }),
      await api.createWebhook({ url: receiver.url('/b'), ...retry }),
    ];
    await Promise.all([1, 2, 3].map((n) => api.emit({ data: { n } })));
    await api.post(`/webhooks/${hooks[0].id}/test`, undefined, 200);
    await receiver.waitFor(13);
    const times = receiver.requests.map(({ at }) => at);
    const span = times.at(-1)! - times[0]!;
    expect(span).toBeGreaterThanOrEqual(12 * 50 - 60);
    await until(async () => (await api.get('/webhooks/stats')).pending_deliveries === 0);
    expect((await api.get('/webhooks/stats')).successful_deliveries).toBe(6);
  });

  it('lets another destination go on meanwhile', async () => {
    const { api } = use();
    const other = await Receiver.start();
    try {
      await api.createWebhook({ url: receiver.url() });
      await api.createWebhook({ url: other.url(), events: ['orphan.created'] });
      await Promise.all(Array.from({ length: 15 }, (_, n) => api.emit({ data: { n } })));
      await api.emit({ event: 'orphan.created' });
      await other.waitFor(1);
      expect(receiver.requests.length).toBeLessThan(15);
      await receiver.waitFor(15);
    } finally {
      await other.close();
    }
  });
});
