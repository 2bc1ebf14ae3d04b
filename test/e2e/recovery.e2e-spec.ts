import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { FailingWatch } from '../../src/delivery/failing/failing-watch.js';
import { InstanceLease } from '../../src/delivery/instances/instance-lease.js';
import { WebhookService } from '../../src/index.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { ShiftedClock } from '../support/clock.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

const DAY = 24 * 3600 * 1000;
const MINUTE = 60 * 1000;
/** One request at a time, so that there is an order. */
const env = {
  DISABLE_AFTER_FAILURES: '3',
  BREAKER_THRESHOLD: '0',
  DELIVERY_CONCURRENCY_PER_WEBHOOK: '1',
  MAX_DELIVERIES: '5000',
};
const ONCE = { retry_config: { max_retries: 0 } };

let graph: Graph;
let bad: Receiver;
let clock: ShiftedClock;
let app: TestApp;
let api: Api;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
});
beforeEach(async () => {
  bad = await Receiver.start([500]);
  clock = new ShiftedClock();
  app = await TestApp.start({ env, clock });
  api = new Api(app);
  await app.get(WebhookService).clear();
});
afterEach(async () => {
  await app.close();
  await bad.close();
});
afterAll(() => graph.close());

/** Time goes by, and with it the lease, which only a heartbeat renews. */
async function later(ms: number): Promise<void> {
  clock.advance(ms);
  await app.get(InstanceLease).renew();
}

const look = () => app.get(FailingWatch).look();
const webhook = (id: string) => api.get(`/webhooks/${id}`);
const patch = async (id: string, body: object) =>
  (await request(app.server).patch(`${API}/webhooks/${id}`).send(body).expect(200)).body;

/** So many attempts, one after the other, each of which ends a delivery. A test passes by the breaker. */
async function attempt(id: string, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await api.post(`/webhooks/${id}/test`, undefined, 200);
}

/** So many events, each delivery of which ends as failed. */
async function lose(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const [id = ''] = (await api.emit({ data: { n } })).delivery_ids;
    await api.untilDelivery(id, 'failed');
    ids.push(id);
  }
  return ids;
}

describe('recovery', () => {
  it('queues again what failed in the outage, oldest first, and the counts add up', async () => {
    const { id } = await api.createWebhook({ url: bad.url(), ...ONCE });
    bad.answerWith([500, 200, 500]);
    const before = await lose(1);
    const [fine = ''] = (await api.emit({ data: { n: 'fine' } })).delivery_ids;
    await api.untilDelivery(fine, 'success');
    await later(MINUTE);
    const lost = await lose(4);
    await attempt(id, 1);
    await later(6 * DAY);
    await look();
    expect((await webhook(id)).missed_since).toBe((await api.delivery(lost[0]!)).created_at);
    expect((await api.post(`/webhooks/${id}/recover`, {}, 400)).detail).toMatch('inactive');
    bad.answerWith([200]);
    bad.clear();
    await patch(id, { active: true });
    expect(await api.post(`/webhooks/${id}/recover`, undefined, 202)).toEqual({ requeued: 4 });
    for (const delivery of lost) await api.untilDelivery(delivery, 'success');
    expect(bad.requests.map(({ headers }) => headers['x-webhook-delivery'])).toEqual(lost);
    expect((await api.delivery(before[0]!)).status).toBe('failed');
    expect(await webhook(id)).toMatchObject({ success_count: 5, failure_count: 2, missed_since: null });
    expect(await api.get('/webhooks/stats')).toMatchObject({
      successful_deliveries: 5,
      failed_deliveries: 2,
      pending_deliveries: 0,
    });
    expect(await graph.value('MATCH (t:WebhookTally {id: $id}) RETURN t.kept', { id })).toBe(7);
    expect(await api.post(`/webhooks/${id}/recover`, {}, 202)).toEqual({ requeued: 0 });
  });

  it('brings what waited when it was switched off, with a whole new retry schedule', async () => {
    const retry_config = { max_retries: 2, initial_delay: 4 };
    const { id } = await api.createWebhook({ url: bad.url(), retry_config });
    const ids = [...(await api.emit()).delivery_ids, ...(await api.emit()).delivery_ids];
    for (const delivery of ids) await api.untilDelivery(delivery, 'retrying');
    await patch(id, { active: false });
    for (const delivery of ids) await api.untilDelivery(delivery, 'failed');
    bad.answerWith([500, 500, 200]);
    await patch(id, { active: true });
    expect(await api.post(`/webhooks/${id}/recover`, {}, 202)).toEqual({ requeued: 2 });
    const record = await api.untilDelivery(ids[0]!, 'retrying');
    expect(record.attempts).toBe(2);
    const { status, attempts } = await api.untilDelivery(ids[0]!, 'success');
    expect({ status, attempts }).toEqual({ status: 'success', attempts: 3 });
  });

  it('takes a time of its own, and refuses what is none', async () => {
    const { id } = await api.createWebhook({ url: bad.url(), ...ONCE });
    const ids = [];
    for (let n = 0; n < 3; n += 1) {
      ids.push(...(await lose(1)));
      await later(MINUTE);
    }
    const [, second, third] = await Promise.all(ids.map((delivery) => api.delivery(delivery)));
    await api.post(`/webhooks/${id}/recover`, { since: 'yesterday' }, 422);
    await api.post(`/webhooks/${id}/recover`, [], 422);
    await api.post(`/webhooks/unknown/recover`, {}, 404);
    bad.answerWith([200]);
    const range = { since: second.created_at, until: third.created_at };
    expect(await api.post(`/webhooks/${id}/recover`, range, 202)).toEqual({ requeued: 1 });
    await api.untilDelivery(second.id, 'success');
    expect(await app.get(WebhookService).recoverWebhook(id)).toBe(2);
    for (const delivery of ids) await api.untilDelivery(delivery, 'success');
  });

  it('beside manual retries of the same deliveries sends each once', async () => {
    const { id } = await api.createWebhook({ url: bad.url(), ...ONCE });
    const events = Array.from({ length: 1200 }, (_, n) => ({ event: 'entity.created', data: { n } }));
    await api.post('/events/batch', { events: events.slice(0, 600) }, 202);
    await api.post('/events/batch', { events: events.slice(600) }, 202);
    await until(
      async () => (await api.get('/webhooks/stats')).failed_deliveries === 1200,
      'failures',
      60_000,
    );
    bad.answerWith([200]);
    bad.clear();
    const some = (await api.get(`/webhooks/${id}/deliveries?limit=20`)).deliveries.map((d: any) => d.id);
    const retries = some.map((delivery: string) =>
      request(app.server).post(`${API}/webhooks/deliveries/${delivery}/retry`),
    );
    const recovery = api.post(`/webhooks/${id}/recover`, {}, 202);
    const answers = await Promise.all(retries);
    const requeued: number = (await recovery).requeued;
    const retried = answers.filter(({ status }: any) => status === 200).length;
    expect(requeued + retried).toBe(1200);
    await until(async () => (await api.get('/webhooks/stats')).pending_deliveries === 0, 'the end', 60_000);
    expect(await webhook(id)).toMatchObject({ success_count: 1200, failure_count: 0 });
    expect(await api.get('/webhooks/stats')).toMatchObject({
      successful_deliveries: 1200,
      failed_deliveries: 0,
    });
    expect(bad.requests).toHaveLength(1200);
  }, 120_000);
});
