import { lookup } from 'node:dns/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SYSTEM_SOURCES, SystemNames } from '../../src/delivery/sending/name-lookup.js';
import { Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { NameServer } from '../support/name-server.js';
import { setScene } from '../support/scene.js';
import { until } from '../support/until.js';

const DEAD = Array.from({ length: 20 }, (_, i) => `dead${i}.example`);
const EVENTS = 30;

// Each event of the healthy webhook needs a connection of its own, and so its name again.
const scene = setScene(() => ({ headers: { connection: 'close' } }));
let server: NameServer;
let app: TestApp;
let api: Api;

beforeEach(async () => {
  const silent = Object.fromEntries(DEAD.map((name) => [name, 'silence'] as const));
  server = await NameServer.start({ ...silent, 'healthy.example': ['127.0.0.1'] });
  const names = new SystemNames({ ...SYSTEM_SOURCES, servers: [server.address], maxMs: 2000 });
  const env = { DELIVERY_TIMEOUT_SECONDS: '2', DELIVERY_CONCURRENCY_PER_WEBHOOK: '1' };
  app = await TestApp.start({ env, overrides: [[SystemNames, names]] });
  api = new Api(app);
});
afterEach(async () => {
  await app.close();
  await scene.receiver.close();
  await server.close();
});

describe('twenty webhooks on names whose server never answers', () => {
  it('delay no other one: it gets all events, in order, at the first attempt', async () => {
    for (const name of DEAD) await api.createWebhook({ url: `http://${name}/hook` });
    const url = scene.receiver.url().replace('127.0.0.1', 'healthy.example');
    const healthy = await api.createWebhook({ url });

    await api.emit({ data: { n: 0 } });
    await until(() => DEAD.every((name) => server.asked.includes(name)), 'the questions for dead names');
    for (let n = 1; n < EVENTS; n += 1) {
      await api.emit({ data: { n } });
      await scene.receiver.waitFor(n + 1);
    }
    expect((await lookup('localhost')).family).toBeGreaterThan(0);
    const received = await scene.receiver.waitFor(EVENTS);

    expect(received.map(({ json }) => json.data.n)).toEqual(Array.from({ length: EVENTS }, (_, n) => n));
    for (const { headers } of received) expect(headers['x-webhook-attempt']).toBe('1');
    expect(await api.get(`/webhooks/${healthy.id}`)).toMatchObject({
      circuit: 'closed',
      consecutive_failures: 0,
    });
    // What waits for a dead name waits for its own one only, and says so.
    await until(async () => {
      const { deliveries } = await api.get('/webhooks/deliveries?status=retrying&limit=1');
      return deliveries[0]?.error_code === 'timed_out';
    }, 'a delivery that timed out');
  });
});
