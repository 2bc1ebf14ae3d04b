import { describe, expect, it, jest } from '@jest/globals';
import request from 'supertest';
import { DueWork } from '../../src/delivery/lanes/due-work.js';
import { WorkRepository } from '../../src/delivery/queue/work.neo4j.repository.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { InstanceLease } from '../../src/delivery/queue/instance-lease.js';
import { setAppScene } from '../support/app-scene.js';
import { ShiftedClock } from '../support/clock.js';
import { Receiver, type Answer } from '../support/receiver.js';
import { until } from '../support/until.js';

const HOUR_MS = 3600 * 1000;
const TEST_MS = 120_000;
/** 200 take as many seconds as there are: `RATE_LIMITED_EVENTS=200` runs the real thing. */
const BURST = Number(process.env['RATE_LIMITED_EVENTS'] ?? 5);

const PATIENCE_MS = 60_000 + BURST * 5000;

const scene = setAppScene({ answers: [200], clock: () => new ShiftedClock() });

const busy = (retryAfter?: string, status = 429): Answer => ({
  status,
  ...(retryAfter === undefined ? {} : { headers: { 'retry-after': retryAfter } }),
});
const sent = (): unknown[] => scene.receiver.requests.map(({ json }) => json.data.n);
const createWebhook = (more: object = {}): Promise<any> =>
  scene.api.createWebhook({ url: scene.receiver.url(), ...more });

async function emit(n: number): Promise<string> {
  const [id = ''] = (await scene.api.emit({ data: { n } })).delivery_ids;
  return id;
}

async function emitAll(numbers: readonly number[]): Promise<string[]> {
  const ids: string[] = [];
  for (const n of numbers) ids.push(await emit(n));
  return ids;
}

const untilSucceeded = (count: number): Promise<unknown> =>
  until(
    async () => (await scene.graph.count('WebhookDelivery', { status: 'success' })) === count,
    `${count} successes`,
    PATIENCE_MS,
  );

/** `next_retry_at` of a record, in ms from now. */
const ahead = ({ next_retry_at }: any): number => Date.parse(next_retry_at) - scene.clock.now();

describe('a receiver that asks to wait', () => {
  it(
    'and takes one request a second gets all of a burst, none of which fails',
    async () => {
      let nextAt = 0;
      scene.receiver.answerWith(() => {
        if (Date.now() < nextAt) return busy('1');
        nextAt = Date.now() + 1000;
        return 200;
      });
      await createWebhook();
      const events = Array.from({ length: BURST }, (_, n) => ({ event: 'entity.created', data: { n } }));
      await scene.api.post('/events/batch', { events }, 202);
      await untilSucceeded(BURST);
      expect(await scene.graph.count('WebhookDelivery', { status: 'failed' })).toBe(0);
      const refused = await scene.graph.value<number>(
        'MATCH (a:WebhookAttempt {response_code: 429}) RETURN count(a)',
      );
      expect(refused).toBeGreaterThan(0);
      expect(refused).toBeLessThanOrEqual(3 * BURST);
    },
    PATIENCE_MS + TEST_MS,
  );

  it.each([
    ['429 with a number of seconds', () => busy('2')],
    ['429 with a fraction', () => busy('1.1')],
    // Dates have whole seconds: this one is at least two ahead.
    ['503 with a date', () => busy(new Date(Date.now() + 3000).toUTCString(), 503)],
  ])(
    'holds the whole webhook back for as long, then gets all in order: %s',
    async (_, answer) => {
      scene.receiver.answerWith((__, number) => (number === 0 ? answer() : 204));
      await createWebhook();
      await emit(0);
      await scene.receiver.waitFor(1);
      const [first] = scene.receiver.requests;
      await until(async () => (await scene.graph.count('WebhookAttempt')) === 1);
      const ids = await emitAll([1, 2, 3, 4, 5]);
      await untilSucceeded(6);
      expect(sent()).toEqual([0, 0, 1, 2, 3, 4, 5]);
      expect(scene.receiver.requests[1]!.at - first!.at).toBeGreaterThanOrEqual(1900);
      expect((await scene.api.delivery(ids[4]!)).attempts).toBe(1);
    },
    TEST_MS,
  );

  it('uses up no retry and is no failure; each request has a number of its own', async () => {
    scene.receiver.answerWith([busy('1'), busy('1'), busy('0.1'), busy(), 500, 200]);
    const webhook = await createWebhook({ retry_config: { max_retries: 1, initial_delay: 1 } });
    const id = await emit(0);
    await until(async () => (await scene.api.delivery(id)).attempts >= 1);
    expect(await scene.api.get(`/webhooks/${webhook.id}`)).toMatchObject({
      circuit: 'closed',
      failing_since: null,
      consecutive_failures: 0,
    });
    expect(await scene.api.untilDelivery(id, 'success')).toMatchObject({ attempts: 6 });
    const numbers = scene.receiver.requests.map(({ headers }) => headers['x-webhook-attempt']);
    expect(numbers).toEqual(['1', '2', '3', '4', '5', '6']);
    const logged = await scene.graph.run('MATCH (a:WebhookAttempt) RETURN a.number AS n ORDER BY n');
    expect(logged).toHaveLength(6);
  });

  it('is told apart from one that fails: 503 without a time uses up the retries', async () => {
    scene.receiver.answerWith([busy(undefined, 503)]);
    await createWebhook({ retry_config: { max_retries: 1, initial_delay: 0.1 } });
    expect(await scene.api.untilDelivery(await emit(0), 'failed')).toMatchObject({ attempts: 2 });
  });

  it('shows when it will be asked again, in records, lists and after a retry by hand', async () => {
    scene.receiver.answerWith([busy('50')]);
    const webhook = await createWebhook();
    const id = await emit(0);
    const record = await scene.api.untilDelivery(id, 'retrying');
    expect(record).toMatchObject({ response_code: 429, error_message: 'HTTP 429', attempts: 1 });
    expect(ahead(record)).toBeGreaterThan(40_000);
    expect(ahead(record)).toBeLessThanOrEqual(50_100);
    scene.clock.advance(20_000);
    for (const path of [`/webhooks/${webhook.id}/deliveries`, '/webhooks/deliveries?status=retrying']) {
      const [listed] = (await scene.api.get(path)).deliveries;
      expect(ahead(listed)).toBeGreaterThan(20_000);
      expect(ahead(listed)).toBeLessThanOrEqual(30_100);
    }
    // For the instance, too, twenty seconds have passed without a heartbeat.
    await until(() => scene.app.get(InstanceLease).isHeld(), 'the next heartbeat');
    const retried = await scene.api.post(`/webhooks/deliveries/${id}/retry`, undefined, 200);
    expect(retried).toMatchObject({ status: 'retrying', attempts: 2 });
    expect(ahead(retried)).toBeGreaterThan(40_000);
  });

  it('and asks for more than an hour is asked again after an hour', async () => {
    scene.receiver.answerWith([busy('86400'), 200]);
    await createWebhook();
    const id = await emit(0);
    expect(ahead(await scene.api.untilDelivery(id, 'retrying'))).toBeLessThanOrEqual(HOUR_MS);
    scene.clock.advance(HOUR_MS);
    await scene.api.untilDelivery(id, 'success');
  });

  it('for 24 hours and nothing else ends the delivery; another answer begins the time anew', async () => {
    scene.receiver.answerWith([busy('3600'), busy('3600'), busy('3600'), 500, busy('3600'), 200]);
    await createWebhook({ retry_config: { max_retries: 3, initial_delay: 0.1 } });
    const first = await emit(0);
    await scene.api.untilDelivery(first, 'retrying');
    scene.clock.advance(23 * HOUR_MS);
    await until(async () => (await scene.api.delivery(first)).attempts === 2);
    expect((await scene.api.delivery(first)).status).toBe('retrying');
    scene.clock.advance(HOUR_MS);
    expect(await scene.api.untilDelivery(first, 'failed')).toMatchObject({
      attempts: 3,
      error_message: 'HTTP 429 for 24 hours',
      next_retry_at: null,
    });
    const second = await emit(1);
    scene.clock.advance(25 * HOUR_MS);
    await until(async () => (await scene.api.delivery(second)).attempts === 2);
    scene.clock.advance(HOUR_MS);
    expect(await scene.api.untilDelivery(second, 'success')).toMatchObject({ attempts: 3 });
  });

  it(
    'is obeyed after a restart and by other instances',
    async () => {
      scene.receiver.answerWith([busy('600'), 200]);
      await createWebhook();
      const id = await emit(0);
      await scene.api.untilDelivery(id, 'retrying');
      const other = await TestApp.start({ clock: scene.clock });
      try {
        await scene.app.close();
        await new Api(other).emit({ data: { n: 1 } });
        await scene.startApp();
        await emit(2);
        await scene.receiver.expectQuiet(3000);
        expect(ahead(await scene.api.delivery(id))).toBeGreaterThan(500_000);
        scene.clock.advance(600_000);
        await untilSucceeded(3);
      } finally {
        await other.close();
      }
    },
    TEST_MS,
  );

  it('is not waited for any longer when the webhook has another URL', async () => {
    scene.receiver.answerWith([busy('3000')]);
    const webhook = await createWebhook();
    await scene.api.untilDelivery(await emit(0), 'retrying');
    const elsewhere = await Receiver.start();
    try {
      await request(scene.app.server)
        .patch(`${API}/webhooks/${webhook.id}`)
        .send({ url: elsewhere.url() })
        .expect(200);
      await elsewhere.waitFor(1);
      await until(
        async () => (await scene.graph.value('MATCH (t:WebhookTally) RETURN count(t.paused_until)')) === 0,
      );
    } finally {
      await elsewhere.close();
    }
  });

  it('when it is tested, pauses as well, and the test is over', async () => {
    scene.receiver.answerWith([busy('3000')]);
    const webhook = await createWebhook();
    expect(await scene.api.post(`/webhooks/${webhook.id}/test`, undefined, 200)).toMatchObject({
      status: 'failed',
      attempts: 1,
    });
    await emit(0);
    await scene.receiver.expectQuiet(1000);
    expect(await scene.api.post(`/webhooks/${webhook.id}/test`, undefined, 200)).toMatchObject({
      status: 'failed',
    });
    expect(scene.receiver.requests).toHaveLength(2);
  });
});

describe('the time of the next try', () => {
  it(
    'is never in the past: behind an open breaker, and what is due and merely waits',
    async () => {
      await scene.restartWith({ BREAKER_THRESHOLD: '3' });
      scene.receiver.answerWith([500]);
      const webhook = await createWebhook({ retry_config: { max_retries: 10, initial_delay: 0.1 } });
      await emitAll(Array.from({ length: 20 }, (_, n) => n));
      await scene.receiver.waitFor(6, 30_000);
      await until(async () => (await scene.api.get(`/webhooks/${webhook.id}`)).circuit === 'open');
      for (let look = 0; look < 10; look += 1) {
        const before = scene.clock.now();
        const { deliveries } = await scene.api.get('/webhooks/deliveries?status=retrying');
        expect(deliveries.length).toBeGreaterThan(0);
        for (const { next_retry_at } of deliveries)
          expect(Date.parse(next_retry_at)).toBeGreaterThanOrEqual(before);
        await new Promise((done) => setTimeout(done, 200));
      }
    },
    TEST_MS,
  );

  it('is null while there will be none: the webhook is switched off', async () => {
    scene.receiver.answerWith([500]);
    const webhook = await createWebhook({ retry_config: { max_retries: 3, initial_delay: 60 } });
    const id = await emit(0);
    expect((await scene.api.untilDelivery(id, 'retrying')).next_retry_at).not.toBeNull();
    await request(scene.app.server)
      .patch(`${API}/webhooks/${webhook.id}`)
      .send({ active: false })
      .expect(200);
    expect((await scene.api.delivery(id)).next_retry_at).toBeNull();
  });
});

describe('what a person asks for', () => {
  it('keeps to the limits of what is in flight', async () => {
    await scene.restartWith({ DELIVERY_CONCURRENCY_PER_WEBHOOK: '3' });
    scene.receiver.answerWith([{ delayMs: 100 }]);
    const webhook = await createWebhook();
    const tests = Array.from({ length: 20 }, () =>
      scene.api.post(`/webhooks/${webhook.id}/test`, undefined, 200),
    );
    for (const { status } of await Promise.all(tests)) expect(status).toBe('success');
    expect(scene.receiver.maxInFlight).toBe(3);
  });
});

describe('readiness', () => {
  it('ends when the loop that finds due work does', async () => {
    await request(scene.app.server).get('/health/ready').expect(200);
    await scene.app.get(DueWork).stop();
    const { body } = await request(scene.app.server).get('/health/ready').expect(503);
    expect(body.detail).toBe('Not ready: delivery: stopped working');
  });
});

describe('a webhook that is switched off behind an open breaker', () => {
  it(
    'ends its backlog at once, not one by one',
    async () => {
      await scene.restartWith({ BREAKER_THRESHOLD: '1' });
      scene.receiver.answerWith([500]);
      const webhook = await createWebhook({ retry_config: { max_retries: 3, initial_delay: 60 } });
      await scene.api.untilDelivery(await emit(0), 'retrying');
      const events = Array.from({ length: 300 }, (_, n) => ({ event: 'entity.created', data: { n } }));
      await scene.api.post('/events/batch', { events }, 202);
      const claims = jest.spyOn(scene.app.get(WorkRepository), 'claim');
      await request(scene.app.server)
        .patch(`${API}/webhooks/${webhook.id}`)
        .send({ active: false })
        .expect(200);
      await until(
        async () => (await scene.graph.count('WebhookDelivery', { status: 'failed' })) >= 300,
        '300 ended deliveries',
        PATIENCE_MS,
      );
      expect(claims.mock.calls.length).toBeLessThan(50);
    },
    TEST_MS,
  );
});
