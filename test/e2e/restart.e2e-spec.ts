import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WebhookService } from '../../src/index.js';
import { Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

let graph: Graph;
let receiver: Receiver;

beforeAll(async () => {
  graph = Graph.open();
});
beforeEach(async () => {
  await graph.wipe();
  receiver = await Receiver.start();
});
afterEach(() => receiver.close());
afterAll(() => graph.close());

describe('a restart', () => {
  it('leaves webhooks, deliveries, counters and statistics as they were', async () => {
    const before = await TestApp.start();
    const webhook = await new Api(before).createWebhook({
      url: receiver.url(),
      secret: 's',
      headers: { 'X-A': '1' },
    });
    const { delivery_ids } = await new Api(before).emit();
    await new Api(before).untilDelivery(delivery_ids[0]!, 'success');
    const look = async (app: TestApp) => ({
      webhook: await new Api(app).get(`/webhooks/${webhook.id}`),
      delivery: await new Api(app).delivery(delivery_ids[0]!),
      stats: await new Api(app).get('/webhooks/stats'),
    });
    const seen = await look(before);
    await before.close();
    const after = await TestApp.start();
    try {
      expect(await look(after)).toEqual(seen);
      await new Api(after).emit();
      const [first, second] = await receiver.waitFor(2);
      expect(second?.headers['x-a']).toBe('1');
      expect(first?.headers['x-webhook-signature']).toBeTruthy();
    } finally {
      await after.close();
    }
  });

  it('in the middle of a retry schedule goes on with it', async () => {
    receiver.answerWith([500, 500, 200]);
    const before = await TestApp.start();
    await new Api(before).createWebhook({
      url: receiver.url(),
      retry_config: { initial_delay: 0.5, backoff_multiplier: 1 },
    });
    const { delivery_ids } = await new Api(before).emit();
    const retrying = await new Api(before).untilDelivery(delivery_ids[0]!, 'retrying');
    await before.close();
    const after = await TestApp.start();
    try {
      const record = await new Api(after).untilDelivery(delivery_ids[0]!, 'success');
      expect(record.attempts).toBe(3);
      expect(record.event_id).toBe(retrying.event_id);
      expect(receiver.requests.map(({ headers }) => headers['x-webhook-attempt'])).toEqual(['1', '2', '3']);
    } finally {
      await after.close();
    }
  });

  it('finishes what is in flight, hands the rest back, and repeats nothing', async () => {
    receiver.answerWith(() => ({ status: 200, delayMs: 100 }));
    const before = await TestApp.start();
    await new Api(before).createWebhook({ url: receiver.url() });
    const events = Array.from({ length: 200 }, (_, n) => ({ event: 'entity.created', data: { n } }));
    await new Api(before).post('/events/batch', { events }, 202);
    await receiver.waitFor(5);
    await before.close();
    expect(await graph.count('WebhookDelivery', { status: 'sending' })).toBe(0);
    expect(await graph.count('WebhookInstance')).toBe(0);
    const made = receiver.requests.length;
    expect(made).toBeLessThan(200);
    const after = await TestApp.start();
    try {
      await until(async () => (await new Api(after).get('/webhooks/stats')).pending_deliveries === 0);
      expect(receiver.requests).toHaveLength(200);
      expect(new Set(receiver.requests.map(({ json }) => json.data.n)).size).toBe(200);
    } finally {
      await after.close();
    }
  });
});

describe('a stop', () => {
  it('keeps every event that was accepted meanwhile, and refuses the rest', async () => {
    const app = await TestApp.start();
    await new Api(app).createWebhook({ url: receiver.url() });
    const service = app.get(WebhookService);
    const closed = app.close();
    const sent = await Promise.allSettled(
      Array.from({ length: 100 }, async (_, n) => {
        for (let turns = 0; turns < n; turns += 1) await new Promise(setImmediate);
        return service.sendEvent('entity.created', { data: { n } });
      }),
    );
    await closed;
    const accepted = sent.filter(({ status }) => status === 'fulfilled').length;
    expect(await graph.count('WebhookEvent')).toBe(accepted);
    await expect(service.sendEvent('entity.created')).rejects.toMatchObject({ code: 'shutting_down' });
  });
});

describe('two instances on one graph', () => {
  it('share the work and never send a delivery twice', async () => {
    receiver.answerWith(() => ({ status: 200, delayMs: 5 }));
    const apps = [await TestApp.start(), await TestApp.start()];
    try {
      await new Api(apps[0]!).createWebhook({ url: receiver.url() });
      const services = apps.map((app) => app.get(WebhookService));
      await Promise.all(
        Array.from({ length: 400 }, (_, n) => services[n % 2]!.sendEvent('entity.created', { data: { n } })),
      );
      await receiver.waitFor(400);
      await until(async () => (await new Api(apps[1]!).get('/webhooks/stats')).pending_deliveries === 0);
      expect(receiver.requests).toHaveLength(400);
      expect(await new Api(apps[0]!).get('/webhooks/stats')).toMatchObject({
        total_events: 400,
        successful_deliveries: 400,
      });
      expect(await graph.count('WebhookAttempt')).toBe(400);
    } finally {
      await Promise.all(apps.map((app) => app.close()));
    }
  });
});
