import { afterEach, describe, expect, it } from '@jest/globals';
import { testConnection } from '../support/connection.js';
import { setScene } from '../support/scene.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

/** Generous, because the machine may be busy; what was measured is printed. */
const PATIENCE_MS = 60_000;
const TEST_MS = 180_000;

const scene = setScene();
let services: ServiceProcess[] = [];

afterEach(async () => {
  for (const service of services) await service.end('SIGKILL');
  services = [];
  await scene.receiver.close();
}, 60_000);

async function start(count: number, env: Record<string, string> = {}): Promise<ServiceProcess[]> {
  for (let n = 0; n < count; n += 1) services.push(await ServiceProcess.start(testConnection(), env));
  return services;
}

async function createWebhook(more: object = {}): Promise<string> {
  const body = { name: 'instances', url: scene.receiver.url(), events: ['entity.created'], ...more };
  return (await services[0]!.api('POST', '/webhooks', body)).id;
}

/** Accepted events; answers their delivery ids. */
async function emit(service: ServiceProcess | undefined, count: number): Promise<string[]> {
  const events = Array.from({ length: count }, (_, n) => ({ event: 'entity.created', data: { n } }));
  const { events: accepted } = await service!.api('POST', '/events/batch', { events });
  return accepted.flatMap(({ delivery_ids }: any) => delivery_ids);
}

const successes = (): Promise<number> => scene.graph.count('WebhookDelivery', { status: 'success' });
const untilDelivered = (count: number): Promise<unknown> =>
  until(async () => (await successes()) === count, `${count} deliveries`, PATIENCE_MS);
const received = (): string[] =>
  scene.receiver.requests.map(({ headers }) => String(headers['x-webhook-delivery']));

/** Attempts that a process has made, as it tells Prometheus. */
async function attemptsOf(service: ServiceProcess): Promise<number> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  const counts = [...text.matchAll(/^\w*attempt_duration_seconds_count(?:\{[^}]*\})? (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Two heartbeats of each since both are there: the first one may have been under way. */
async function untilKnownToEachOther(): Promise<void> {
  const beats = async (): Promise<number[]> =>
    (await scene.graph.run('MATCH (i:WebhookInstance) RETURN i.beat AS beat ORDER BY i.id')).map(({ beat }) =>
      Number(beat),
    );
  const before = await beats();
  expect(before).toHaveLength(2);
  const hadTwo = async (): Promise<boolean> => (await beats()).every((beat, i) => beat >= before[i]! + 2);
  await until(hadTwo, 'two heartbeats of each', PATIENCE_MS);
}

function report(what: string, since: number): void {
  const last = Math.max(...scene.receiver.requests.map(({ at }) => at));
  process.stdout.write(`${what}: last delivery ${((last - since) / 1000).toFixed(1)} s later\n`);
}

describe('two instances', () => {
  it(
    'share 1,000 deliveries and send each once',
    async () => {
      scene.receiver.answerWith(() => ({ status: 200, delayMs: 10 }));
      await start(2);
      await createWebhook();
      const ids = (await Promise.all(services.map((service) => emit(service, 500)))).flat();
      await untilDelivered(1000);
      expect(received().sort()).toEqual(ids.sort());
      expect(await scene.graph.count('WebhookAttempt')).toBe(1000);
      const shares = await Promise.all(services.map(attemptsOf));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(1000);
      for (const share of shares) expect(share).toBeGreaterThan(0);
    },
    TEST_MS,
  );

  it(
    'cover for each other: what one that was killed had claimed is sent by the other',
    async () => {
      scene.receiver.answerWith(() => ({ status: 200, delayMs: 100 }));
      await start(2);
      await createWebhook();
      const ids = await emit(services[0], 400);
      await scene.receiver.waitFor(20);
      const killedAt = Date.now();
      await services[0]?.end('SIGKILL');
      const before = new Set(received());
      await untilDelivered(400);
      report('One of two killed', killedAt);
      expect([...new Set(received())].sort()).toEqual(ids.sort());
      const again = received().filter((id, i, all) => all.indexOf(id) !== i);
      for (const id of again) expect(before).toContain(id);
      expect(await scene.graph.count('WebhookInstance')).toBe(1);
    },
    TEST_MS,
  );

  it(
    'keep to one throttle together, whichever of them took the events',
    async () => {
      await start(2, { MAX_REQUESTS_PER_SECOND: '20' });
      await untilKnownToEachOther();
      await createWebhook();
      await Promise.all(services.map((service) => emit(service, 40)));
      await untilDelivered(80);
      const times = scene.receiver.requests.map(({ at }) => at);
      // 79 distances of 50 ms; with a throttle for each it would be half of that.
      expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(3000);
      for (const service of services) expect(await attemptsOf(service)).toBeGreaterThan(0);
    },
    TEST_MS,
  );

  it(
    'leave a request alone that hangs longer than any lease: its sender lives',
    async () => {
      scene.receiver.answerWith([{ status: 200, delayMs: 12_000 }]);
      await start(2, { DELIVERY_TIMEOUT_SECONDS: '60' });
      await createWebhook();
      const [id] = await emit(services[0], 1);
      await untilDelivered(1);
      expect(received()).toEqual([id]);
      expect(await scene.graph.count('WebhookAttempt')).toBe(1);
    },
    TEST_MS,
  );
});

describe('a lone instance', () => {
  it(
    'that was killed goes on where it was when it is started again',
    async () => {
      scene.receiver.answerWith(() => ({ status: 200, delayMs: 30 }));
      await start(1);
      await createWebhook();
      const ids = await emit(services[0], 500);
      await scene.receiver.waitFor(50);
      await services[0]?.end('SIGKILL');
      await services[0]?.start();
      const readyAt = Date.now();
      await untilDelivered(500);
      report('Killed and started again', readyAt);
      expect([...new Set(received())].sort()).toEqual(ids.sort());
    },
    TEST_MS,
  );

  it(
    'gives back what an instance left behind that nobody knows any more',
    async () => {
      scene.receiver.answerWith([{ hang: true }]);
      await start(1);
      await createWebhook();
      const [id] = await emit(services[0], 1);
      await scene.receiver.waitFor(1);
      await services[0]?.end('SIGKILL');
      await scene.graph.run('MATCH (i:WebhookInstance) DELETE i');
      scene.receiver.answerWith([200]);
      await services[0]?.start();
      await untilDelivered(1);
      expect(received()).toEqual([id, id]);
    },
    TEST_MS,
  );

  it(
    'goes on when its node, the counters and the version of the webhooks were taken away',
    async () => {
      await start(1);
      await createWebhook();
      await createWebhook({ url: scene.receiver.url('/two'), events: ['orphan.created'] });
      await emit(services[0], 1);
      await scene.graph.run('MATCH (n:WebhookInstance|WebhookCounter|WebhookRegistry) DELETE n');
      const accepted = await emit(services[0], 3);
      await untilDelivered(4);
      expect(received()).toEqual(expect.arrayContaining(accepted));
    },
    TEST_MS,
  );
});

describe('a webhook that is deleted with deliveries pending', () => {
  it(
    'ends them as failed with the reason, and the work of others goes on',
    async () => {
      scene.receiver.answerWith(({ path }) => (path === '/gone' ? 500 : 200));
      await start(1);
      const gone = await createWebhook({
        url: scene.receiver.url('/gone'),
        retry_config: { initial_delay: 1 },
      });
      await emit(services[0], 100);
      await until(async () => (await scene.graph.count('WebhookDelivery', { status: 'retrying' })) > 0);
      await services[0]?.api('DELETE', `/webhooks/${gone}`);
      await createWebhook({ url: scene.receiver.url('/stays') });
      await emit(services[0], 20);
      await untilDelivered(20);
      const failed = { status: 'failed', webhook_id: gone };
      await until(
        async () => (await scene.graph.count('WebhookDelivery', failed)) === 100,
        '100 to fail',
        PATIENCE_MS,
      );
      const ended = (reason: string) =>
        scene.graph.count('WebhookDelivery', { ...failed, error_message: reason });
      const deleted = await ended('webhook was deleted');
      expect(deleted).toBeGreaterThan(0);
      // What was in flight at that moment has the reason of its own attempt.
      expect(deleted + (await ended('HTTP 500'))).toBe(100);
      expect((await services[0]!.api('GET', '/webhooks/stats')).pending_deliveries).toBe(0);
    },
    TEST_MS,
  );
});
