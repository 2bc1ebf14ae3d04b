import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { setAppScene } from '../support/app-scene.js';
import { ShiftedClock } from '../support/clock.js';
import { FailingDrill } from '../support/failing-drill.js';
import { until } from '../support/until.js';

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
const ONCE = { retry_config: { max_retries: 0 } };
const PATIENCE = 120 * SECOND;

const scene = setAppScene({ answers: [500], clock: () => new ShiftedClock() });
const drill = new FailingDrill(scene);

async function emit(data: object): Promise<string> {
  return (await scene.api.emit({ data })).delivery_ids[0]!;
}

async function lose(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const id = await emit({ n });
    await scene.api.untilDelivery(id, 'failed');
    ids.push(id);
  }
  return ids;
}

/** The outage is recovered when it is seen to be over for the second time. */
async function lookTwice(): Promise<void> {
  await drill.look();
  await drill.look();
}

const status = async (id: string): Promise<string> => (await scene.api.delivery(id)).status;

describe('what failed while its receiver was away', () => {
  it('is delivered in the end, with default settings and a breaker that never opened', async () => {
    await scene.api.createWebhook({ url: scene.receiver.url() });
    const ids: string[] = [];
    for (let n = 0; n < 2; n += 1) {
      ids.push(await emit({ n }));
      await pause(SECOND);
    }
    for (const id of ids) await until(async () => (await status(id)) === 'failed', 'the loss', PATIENCE);
    scene.receiver.answerWith([204]);
    ids.push(await emit({ n: 'back' }));
    for (const id of ids) await until(async () => (await status(id)) === 'success', 'the delivery', PATIENCE);
    expect(await scene.api.get('/webhooks/stats')).toMatchObject({
      successful_deliveries: 3,
      failed_deliveries: 0,
      pending_deliveries: 0,
    });
  }, 300_000);

  it('is queued again oldest first, with a fresh schedule, counted, and no longer missed', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    const lost = await lose(3);
    expect((await drill.webhook(id)).missed_since).not.toBeNull();
    scene.receiver.answerWith([200]);
    scene.receiver.clear();
    const back = await emit({ n: 'back' });
    await scene.api.untilDelivery(back, 'success');
    await lookTwice();
    for (const delivery of lost) await scene.api.untilDelivery(delivery, 'success');
    const order = scene.receiver.requests.map(({ headers }) => headers['x-webhook-delivery']);
    expect(order).toEqual([back, ...lost]);
    await lookTwice();
    expect(await drill.webhook(id)).toMatchObject({ failure_count: 0, success_count: 4, missed_since: null });
    const { text } = await request(scene.app.server).get('/metrics').expect(200);
    expect(text).toMatch('basset_webhooks_requeued_total 3');
  });

  it('is tried now and then although nothing else happens, and not given up for that', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url() });
    const lost = await emit({ n: 1 });
    await until(async () => (await status(lost)) === 'failed', 'the loss', PATIENCE);
    scene.receiver.clear();
    const tries = async (): Promise<number> => {
      await drill.later(20 * SECOND);
      await drill.look();
      const before = scene.receiver.requests.length;
      await until(async () => (await status(lost)) !== 'pending', 'the try', PATIENCE);
      await scene.api.untilDelivery(lost, 'failed', 'success');
      return Math.max(before, scene.receiver.requests.length);
    };
    expect(await tries()).toBe(1);
    const { value } = { value: await scene.graph.value('MATCH (t:WebhookTally) RETURN t.failed_deliveries') };
    expect(value).toBe(1);
    scene.receiver.answerWith([200]);
    await drill.later(60 * SECOND);
    await drill.look();
    await scene.api.untilDelivery(lost, 'success');
    expect(await drill.webhook(id)).toMatchObject({ failure_count: 0, success_count: 1 });
  }, 120_000);

  it('is queued again once only, and not when the receiver does not want it', async () => {
    await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    scene.receiver.answerWith(({ json }) =>
      json.data.n === 'fine' ? 200 : json.data.n === 'bad' ? 400 : 500,
    );
    const bad = await emit({ n: 'bad' });
    const stubborn = await emit({ n: 'stubborn' });
    for (const id of [bad, stubborn]) await scene.api.untilDelivery(id, 'failed');
    for (let round = 0; round < 3; round += 1) {
      await scene.api.untilDelivery(await emit({ n: 'fine' }), 'success');
      await lookTwice();
      for (const id of [bad, stubborn]) await scene.api.untilDelivery(id, 'failed');
    }
    expect((await scene.api.delivery(bad)).attempts).toBe(1);
    expect((await scene.api.delivery(stubborn)).attempts).toBe(2);
  });

  it('is left alone after a day, and stays to be recovered by hand', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    const [old = ''] = await lose(1);
    await drill.later(DAY + SECOND);
    scene.receiver.answerWith([200]);
    await scene.api.untilDelivery(await emit({ n: 'back' }), 'success');
    await lookTwice();
    expect(await status(old)).toBe('failed');
    expect((await drill.webhook(id)).missed_since).toBe((await scene.api.delivery(old)).created_at);
    expect(await scene.api.post(`/webhooks/${id}/recover`, {}, 202)).toEqual({ requeued: 1 });
    await scene.api.untilDelivery(old, 'success');
  });

  it('is not sent by surprise when the webhook was switched off in between', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    const [lost = ''] = await lose(1);
    await drill.patch(id, { active: false });
    await drill.patch(id, { active: true });
    scene.receiver.answerWith([200]);
    await scene.api.untilDelivery(await emit({ n: 'back' }), 'success');
    await lookTwice();
    expect(await status(lost)).toBe('failed');
    expect(await scene.api.post(`/webhooks/${id}/recover`, {}, 202)).toEqual({ requeued: 1 });
  });

  it('stays as it is when that is switched off', async () => {
    await scene.restartWith({ RECOVER_AFTER_OUTAGE: 'off' });
    await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    const [lost = ''] = await lose(1);
    scene.receiver.answerWith([200]);
    await scene.api.untilDelivery(await emit({ n: 'back' }), 'success');
    await lookTwice();
    expect(await status(lost)).toBe('failed');
  });
});

describe('the retries of a webhook that says nothing of them', () => {
  it('are those of the settings, on create, in what a retry_config leaves out, and when it is cleared', async () => {
    await scene.restartWith({
      DEFAULT_MAX_RETRIES: '7',
      DEFAULT_INITIAL_DELAY: '0.5',
      DEFAULT_MAX_DELAY: '600',
    });
    const defaults = { max_retries: 7, initial_delay: 0.5, max_delay: 600, backoff_multiplier: 2 };
    const { id, retry_config } = await scene.api.createWebhook({ url: scene.receiver.url() });
    expect(retry_config).toEqual(defaults);
    const partly = await scene.api.createWebhook({
      url: scene.receiver.url(),
      retry_config: { max_retries: 1 },
    });
    expect(partly.retry_config).toEqual({ ...defaults, max_retries: 1 });
    expect((await drill.patch(id, { retry_config: { max_delay: 9 } })).retry_config.max_delay).toBe(9);
    expect((await drill.patch(id, { retry_config: null })).retry_config).toEqual(defaults);
    expect((await drill.patch(id, { retry_config: { max_retries: null } })).retry_config).toEqual(defaults);
  });
});
