import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { HistorySweeper } from '../../src/history/eviction/history-sweeper.js';
import { WebhookService } from '../../src/index.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { ShiftedClock } from '../support/clock.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

const DAY = 24 * 3600 * 1000;

let app: TestApp;
let api: Api;
let graph: Graph;
let receiver: Receiver;
const clock = new ShiftedClock();

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  receiver = await Receiver.start();
  app = await TestApp.start({ env: { MAX_DELIVERIES: '5', MAX_DELIVERY_AGE_DAYS: '30' }, clock });
  api = new Api(app);
});
beforeEach(async () => {
  await app.get(WebhookService).clear();
  receiver.answerWith([]);
});
afterAll(async () => {
  await app.close();
  await receiver.close();
  await graph.close();
});

async function sweepAll(): Promise<void> {
  while ((await app.get(HistorySweeper).sweep()) > 0);
}

async function emit(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(...(await api.emit({ data: { n } })).delivery_ids);
  return ids;
}

/** A log that is full of what its webhook missed is looked at again after ten seconds. */
async function untilKept(webhookId: string, count: number): Promise<void> {
  const kept = async (): Promise<boolean> => {
    await sweepAll();
    return (await api.get(`/webhooks/${webhookId}/deliveries`)).total === count;
  };
  await until(kept, `${count} deliveries`, 60_000);
}

const settled = () =>
  until(async () => (await api.get('/webhooks/stats')).pending_deliveries === 0, 'the end', 60_000);

describe('the history', () => {
  it('keeps the newest finished deliveries of each webhook, with events and attempts, and the counts', async () => {
    const noisy = await api.createWebhook({ url: receiver.url('/noisy') });
    const quiet = await api.createWebhook({ url: receiver.url('/quiet'), events: ['orphan.created'] });
    const ids = await emit(12);
    await api.emit({ event: 'orphan.created' });
    await settled();
    await sweepAll();
    const { deliveries, total } = await api.get(`/webhooks/${noisy.id}/deliveries`);
    expect(total).toBe(5);
    expect(deliveries.map(({ id }: any) => id)).toEqual(ids.slice(-5).reverse());
    expect((await api.get(`/webhooks/${quiet.id}/deliveries`)).total).toBe(1);
    expect((await api.get('/webhooks/deliveries?status=success')).total).toBe(6);
    expect(await graph.count('WebhookAttempt')).toBe(6);
    expect(await graph.count('WebhookEvent')).toBe(6);
    expect(await api.get(`/webhooks/${noisy.id}`)).toMatchObject({ delivery_count: 12, success_count: 12 });
    expect(await api.get('/webhooks/stats')).toMatchObject({ total_events: 13, successful_deliveries: 13 });
  });

  it('never evicts what is not finished', async () => {
    receiver.answerWith([500]);
    const { id } = await api.createWebhook({ url: receiver.url(), retry_config: { initial_delay: 60 } });
    const ids = await emit(8);
    for (const delivery of ids) await api.untilDelivery(delivery, 'retrying');
    await sweepAll();
    expect((await api.get(`/webhooks/${id}/deliveries?status=retrying`)).total).toBe(8);
  });

  it('keeps what a webhook missed, beside the usual number, until it is recovered', async () => {
    receiver.answerWith([500]);
    const { id } = await api.createWebhook({ url: receiver.url(), retry_config: { initial_delay: 60 } });
    const missed = await emit(8);
    for (const delivery of missed) await api.untilDelivery(delivery, 'retrying');
    const set = (active: boolean) =>
      request(app.server).put(`${API}/webhooks/${id}`).send({ active }).expect(200);
    await set(false);
    await sweepAll();
    expect((await api.get(`/webhooks/${id}/deliveries?status=failed`)).total).toBe(8);
    await set(true);
    receiver.answerWith([200]);
    await emit(7);
    await settled();
    await untilKept(id, 13);
    expect((await api.get(`/webhooks/${id}/deliveries?status=failed`)).total).toBe(8);
    expect((await api.get(`/webhooks/${id}/deliveries?status=success`)).total).toBe(5);
    expect(await api.post(`/webhooks/${id}/recover`, {}, 202)).toEqual({ requeued: 8 });
    for (const delivery of missed) await api.untilDelivery(delivery, 'success');
    await untilKept(id, 5);
  }, 180_000);

  it('keeps what a webhook missed no longer than the age limit', async () => {
    receiver.answerWith([500]);
    const { id } = await api.createWebhook({ url: receiver.url(), retry_config: { initial_delay: 60 } });
    const missed = await emit(8);
    for (const delivery of missed) await api.untilDelivery(delivery, 'retrying');
    await request(app.server).put(`${API}/webhooks/${id}`).send({ active: false }).expect(200);
    clock.advance(29 * DAY);
    await sweepAll();
    expect((await api.get(`/webhooks/${id}/deliveries`)).total).toBe(8);
    clock.advance(2 * DAY);
    await sweepAll();
    expect((await api.get(`/webhooks/${id}/deliveries`)).total).toBe(0);
  });

  it('remembers the ids of callers for a day, beyond the eviction of their deliveries', async () => {
    await api.createWebhook({ url: receiver.url() });
    const first = await api.emit({ id: 'kept', data: {} });
    await emit(6);
    await settled();
    await sweepAll();
    await api.get(`/webhooks/deliveries/${first.delivery_ids[0]}`, 404);
    expect(await api.emit({ id: 'kept', data: {} })).toEqual(first);
    clock.advance(DAY + 60_000);
    await sweepAll();
    expect(await graph.count('WebhookEvent', { id: 'kept' })).toBe(0);
  });

  it('keeps no event that nobody subscribed to and nobody can ask for', async () => {
    await api.emit();
    await api.emit({ id: 'asked' });
    await sweepAll();
    expect(await graph.run('MATCH (e:WebhookEvent) RETURN e.id AS id')).toEqual([{ id: 'asked' }]);
    expect((await api.get('/webhooks/stats')).total_events).toBe(2);
  });

  it('drops what is older than the age limit', async () => {
    const { id } = await api.createWebhook({ url: receiver.url() });
    await emit(2);
    await settled();
    clock.advance(31 * DAY);
    await emit(1);
    await settled();
    await sweepAll();
    expect((await api.get(`/webhooks/${id}/deliveries`)).total).toBe(1);
  }, 180_000);

  it('of a deleted webhook can be read for a day, then it goes, batch by batch', async () => {
    const { id } = await api.createWebhook({ url: receiver.url() });
    const [delivery = ''] = await emit(3);
    await settled();
    await request(app.server).delete(`${API}/webhooks/${id}`).expect(204);
    await sweepAll();
    expect((await api.delivery(delivery)).status).toBe('success');
    expect((await api.get(`/webhooks/deliveries?webhook_id=${id}`)).total).toBe(3);
    clock.advance(DAY + 60_000);
    await sweepAll();
    await sweepAll();
    await api.get(`/webhooks/deliveries/${delivery}`, 404);
    for (const label of ['DeletedWebhook', 'WebhookTally', 'WebhookDelivery', 'WebhookAttempt'])
      expect(await graph.count(label)).toBe(0);
  });
});
