import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { SystemClock } from '../../src/common/clock.js';
import { MemoryBudget } from '../../src/delivery/lanes/memory-budget.js';
import { API } from '../support/api.js';
import { setAppScene } from '../support/app-scene.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

const ENV = { BREAKER_THRESHOLD: '5' };
/** A failed attempt is followed by the longest wait: what is sent meanwhile is sent by the breaker's leave. */
const PATIENT = { retry_config: { max_retries: 10, initial_delay: 60, max_delay: 3600 } };

const scene = setAppScene({ env: ENV, answers: [500], clock: () => new SystemClock() });

async function emit(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(...(await scene.api.emit({ data: { n } })).delivery_ids);
  return ids;
}

/** Five attempts fail, one after the other; only then the others come. */
async function openBreaker(waiting: number): Promise<{ webhook: any; failed: string[]; waiting: string[] }> {
  const webhook = await scene.api.createWebhook({ url: scene.receiver.url(), ...PATIENT });
  const failed: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    const [id = ''] = await emit(1);
    await scene.api.untilDelivery(id, 'retrying');
    failed.push(id);
  }
  return { webhook, failed, waiting: await emit(waiting) };
}

const sent = () => scene.receiver.requests.map(({ headers }) => headers['x-webhook-delivery']);
const settled = () => until(async () => (await scene.api.get('/webhooks/stats')).pending_deliveries === 0);

async function metric(name: string): Promise<number> {
  const { text } = await request(scene.app.server).get('/metrics').expect(200);
  return Number(new RegExp(`^basset_webhooks_${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

describe('the circuit breaker', () => {
  it('opens after so many failures in a row: then only probes go out, each pause twice as long', async () => {
    const { waiting } = await openBreaker(8);
    expect(sent()).toHaveLength(5);
    await scene.receiver.waitFor(8, 25_000);
    const times = scene.receiver.requests.map(({ at }) => at).slice(4);
    const pauses = times.slice(1).map((at, i) => at - times[i]!);
    pauses.forEach((pause, i) => expect(pause).toBeGreaterThanOrEqual(1000 * 2 ** i - 10));
    expect(sent().slice(5)).toEqual(waiting.slice(0, 3));
    expect(scene.receiver.maxInFlight).toBe(1);
  }, 40_000);

  it('keeps what waits in its place and with its whole retry budget', async () => {
    const { waiting } = await openBreaker(8);
    await scene.api.untilDelivery(waiting[1]!, 'retrying');
    const records = await Promise.all(waiting.map((id) => scene.api.delivery(id)));
    const probed = records.filter(({ attempts }) => attempts > 0).length;
    expect(probed).toBeLessThan(8);
    records.forEach(({ attempts, status }, i) => {
      if (i < probed) expect(attempts).toBe(1);
      else expect({ attempts, status }).toEqual({ attempts: 0, status: 'pending' });
    });
    await until(() => scene.app.get(MemoryBudget).size === 0, 'nothing of it in memory');
  });

  it('closes with the first success, and the backlog goes out in its order', async () => {
    await openBreaker(0);
    // Before anything waits: on a slow machine the first probe goes out while the rest is emitted. It is answered when all
    // of them wait: what comes after the first success has nothing to wait for.
    scene.receiver.answerWith([{ status: 200, delayMs: 5000 }, 200]);
    const waiting = await emit(20);
    for (const id of waiting) await scene.api.untilDelivery(id, 'success');
    // On a slow machine those that opened it may have come due as well.
    const ofBacklog = sent().filter((id) => waiting.includes(String(id)));
    expect(new Set(ofBacklog)).toEqual(new Set(waiting));
    expect(ofBacklog.slice(0, 3)).toEqual(waiting.slice(0, 3));
    const records = await Promise.all(waiting.map((id) => scene.api.delivery(id)));
    expect(records.every(({ attempts, status }) => attempts === 1 && status === 'success')).toBe(true);
  });

  it('gives back to the graph what was in memory when it opened', async () => {
    scene.receiver.answerWith([200]);
    await scene.api.createWebhook({ url: scene.receiver.url(), ...PATIENT });
    for (let n = 0; n < 6; n += 1) await emit(4);
    await settled();
    const answered = sent().length;
    scene.receiver.answerWith([{ status: 500, delayMs: 300 }]);
    const events = Array.from({ length: 300 }, (_, n) => ({ event: 'entity.created', data: { n } }));
    await scene.api.post('/events/batch', { events }, 202);
    // 32 in flight, and as many more as there were failures before the fifth.
    await scene.receiver.waitFor(answered + 32 + 4);
    await until(() => scene.app.get(MemoryBudget).size <= 1, 'an empty memory');
    const untried = await scene.graph.value<number>(
      'MATCH (d:WebhookDelivery {attempts: 0}) RETURN count(d)',
    );
    expect(untried).toBeGreaterThanOrEqual(300 - 32 - 4 - 1);
    // Due when they were created; the two times are read one after the other, and a busy machine may come between.
    const displaced = `MATCH (d:WebhookDelivery {attempts: 0})
      WHERE datetime(d.next_attempt_at) > datetime(d.created_at) + duration({milliseconds: 50}) RETURN count(d)`;
    expect(await scene.graph.value(displaced)).toBeLessThan(untried / 10);
    scene.receiver.answerWith([200]);
    await until(
      async () =>
        (await scene.graph.count('WebhookDelivery', { status: 'success' })) >= answered + untried - 1,
    );
    expect(await scene.graph.count('WebhookDelivery', { status: 'pending' })).toBe(0);
  }, 40_000);

  it('makes no request of its own when nothing waits', async () => {
    await openBreaker(0);
    await scene.receiver.expectQuiet(2500);
  });

  it('does not stand in the way of a manual retry or a test, and their success closes it', async () => {
    const { webhook, failed } = await openBreaker(12);
    await scene.receiver.waitFor(7);
    const before = sent().length;
    expect((await scene.api.post(`/webhooks/${webhook.id}/test`, undefined, 200)).status).toBe('failed');
    expect(sent()).toHaveLength(before + 1);
    scene.receiver.answerWith([200]);
    expect(await scene.api.post(`/webhooks/deliveries/${failed[0]}/retry`, undefined, 200)).toMatchObject({
      status: 'success',
    });
    await until(
      async () => (await scene.graph.count('WebhookDelivery', { attempts: 0 })) === 0,
      'the backlog',
    );
    expect(await scene.api.get(`/webhooks/${webhook.id}`)).toMatchObject({
      circuit: 'closed',
      failing_since: null,
    });
  });

  it('delays nobody else', async () => {
    const other = await Receiver.start();
    try {
      await openBreaker(30);
      await scene.api.createWebhook({ url: other.url(), events: ['orphan.created'] });
      for (let n = 0; n < 20; n += 1) await scene.api.emit({ event: 'orphan.created' });
      await other.waitFor(20, 2000);
      expect(sent().length).toBeLessThan(8);
    } finally {
      await other.close();
    }
  });

  it('shows in the webhook and in the metrics', async () => {
    const { webhook, failed } = await openBreaker(1);
    const first = await scene.api.delivery(failed[0]!);
    expect(await scene.api.get(`/webhooks/${webhook.id}`)).toMatchObject({
      active: true,
      circuit: 'open',
      failing_since: first.last_attempt_at,
      disabled_reason: null,
      missed_since: null,
    });
    expect((await scene.api.get('/webhooks')).webhooks[0].consecutive_failures).toBeGreaterThanOrEqual(5);
    expect(await metric('open_breakers')).toBe(1);
    scene.receiver.answerWith([200]);
    await emit(1);
    await until(async () => (await metric('open_breakers')) === 0);
    const healed = { circuit: 'closed', failing_since: null, consecutive_failures: 0 };
    await until(async () => (await scene.api.get(`/webhooks/${webhook.id}`)).failing_since === null);
    expect(await scene.api.get(`/webhooks/${webhook.id}`)).toMatchObject(healed);
  });

  it('is open again after a restart: a probe first, no hammering', async () => {
    await openBreaker(12);
    await scene.app.close();
    const before = sent().length;
    await scene.startApp();
    await scene.receiver.waitFor(before + 1);
    await scene.receiver.expectQuiet(1500);
    scene.receiver.answerWith([200]);
    await until(async () => (await scene.api.get('/webhooks/stats')).successful_deliveries >= 1);
  });

  it('begins anew with another URL', async () => {
    const { webhook } = await openBreaker(12);
    const repaired = await Receiver.start([{ delayMs: 3000 }]);
    try {
      const body = { url: repaired.url() };
      const { body: answer } = await request(scene.app.server)
        .patch(`${API}/webhooks/${webhook.id}`)
        .send(body);
      expect(answer).toMatchObject({ circuit: 'closed', consecutive_failures: 0, failing_since: null });
      expect(await metric('open_breakers')).toBe(0);
      await repaired.waitFor(1);
    } finally {
      await repaired.close();
    }
  });

  it('holds back what waits for the throttle when it opens', async () => {
    await scene.restartWith({ ...ENV, MAX_REQUESTS_PER_SECOND: '20' });
    scene.receiver.answerWith([200]);
    await scene.api.createWebhook({ url: scene.receiver.url(), ...PATIENT });
    await emit(6);
    await settled();
    scene.receiver.answerWith([500]);
    await emit(30);
    await scene.receiver.waitFor(6 + 5);
    await until(() => scene.app.get(MemoryBudget).size <= 1, 'an empty memory');
    expect(sent().length).toBeLessThanOrEqual(6 + 5 + 2);
    expect(await scene.graph.count('WebhookDelivery', { attempts: 0 })).toBeGreaterThanOrEqual(30 - 7);
  });

  it('can be switched off', async () => {
    await scene.restartWith({ BREAKER_THRESHOLD: '0' });
    const { webhook } = await openBreaker(10);
    await scene.receiver.waitFor(15, 5000);
    expect(await scene.api.get(`/webhooks/${webhook.id}`)).toMatchObject({ circuit: 'closed' });
  });

  it('leaves the retry schedule of a single delivery alone', async () => {
    await scene.restartWith({});
    const retry_config = { max_retries: 3, initial_delay: 0.1, backoff_multiplier: 2 };
    await scene.api.createWebhook({ url: scene.receiver.url(), retry_config });
    const [id = ''] = await emit(1);
    expect(await scene.api.untilDelivery(id, 'failed')).toMatchObject({ attempts: 4, next_retry_at: null });
    const times = scene.receiver.requests.map(({ at }) => at);
    [100, 200, 400].forEach((delay, i) =>
      expect(times[i + 1]! - times[i]!).toBeGreaterThanOrEqual(delay - 5),
    );
    expect(await metric('open_breakers')).toBe(0);
  });
});
