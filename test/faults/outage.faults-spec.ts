import { setTimeout as pause } from 'node:timers/promises';
import { Graph } from '../support/graph.js';
import { Neo4jProcess } from '../support/neo4j-process.js';
import { Receiver } from '../support/receiver.js';
import { type Answer, ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';
import { expectSoundLog, unfinished } from './ledger.js';

const INGEST_TIMEOUT_SECONDS = 5;
/** Beyond the timeout; generous, because the machine may be busy. */
const SLACK_MS = 20_000;
const BOOT_MS = 300_000;
/** Longer than any ingest timeout here. */
const CALL_MS = 100_000;

let neo4j: Neo4jProcess;
let graph: Graph;
let receiver: Receiver;
let service: ServiceProcess;

beforeAll(async () => {
  neo4j = await Neo4jProcess.start();
  graph = Graph.open(neo4j.connection);
  receiver = await Receiver.start();
  service = await start(INGEST_TIMEOUT_SECONDS);
  const retry_config = { initial_delay: 0.5, max_retries: 10 };
  await service.api('POST', '/webhooks', {
    name: 'outage',
    url: receiver.url(),
    events: ['entity.created'],
    retry_config,
  });
}, 600_000);

afterAll(async () => {
  await service.end('SIGKILL');
  await receiver.close();
  await graph.close();
  await neo4j.remove();
}, 60_000);

const start = (seconds: number): Promise<ServiceProcess> =>
  ServiceProcess.start(neo4j.connection, { INGEST_TIMEOUT_SECONDS: String(seconds) });

/** @param key none = an event that cannot be asked for again, and so is written without a look for an earlier one */
const emit = (key: string): Promise<Answer> =>
  service.call(
    'POST',
    '/api/v1/events',
    { event: 'entity.created', data: { key } },
    key === '' ? {} : { 'idempotency-key': key },
    CALL_MS,
  );

/** @returns what it says of the event: `unknown`, or nothing when it is not stored */
async function expectRefusal(key: string, seconds: number): Promise<string | undefined> {
  const started = performance.now();
  const { status, headers, body } = await emit(key);
  const took = performance.now() - started;
  expect({ status, detail: body.detail }).toEqual({
    status: 503,
    detail: expect.stringContaining('not available'),
  });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(took).toBeGreaterThanOrEqual(seconds * 1000 - 50);
  expect(took).toBeLessThan(seconds * 1000 + SLACK_MS);
  return body.stored;
}

/** The same process goes on: it is ready, takes events, and delivers what it was given before and after. */
async function expectRecovery(pending: number): Promise<void> {
  await until(() => service.isReady(), 'the service to be ready again', BOOT_MS);
  const { status, body } = await emit('after');
  expect(status).toBe(202);
  await until(async () => (await unfinished(graph)) === 0, 'all deliveries', BOOT_MS);
  const seen = receiver.requests.map(({ headers }) => headers['x-webhook-delivery']);
  expect(seen).toContain(body.delivery_ids[0]);
  expect(new Set(seen).size).toBe(pending + 1);
  // At least once: a retry that was on its way when Neo4j went is perhaps made again; what came afterwards is not.
  expect(seen.length).toBeLessThanOrEqual(2 * pending + 1);
  expect(seen.filter((id) => id === body.delivery_ids[0])).toHaveLength(1);
  await expectSoundLog(graph);
}

/** Deliveries that wait for their retry when Neo4j goes. */
async function leaveWaiting(count: number): Promise<void> {
  receiver.answerWith([500]);
  for (let n = 0; n < count; n += 1) expect((await emit(`before-${n}`)).status).toBe(202);
  const attempted = `MATCH (d:WebhookDelivery {status: 'retrying'}) WHERE d.attempts > 0 RETURN count(d)`;
  await until(async () => (await graph.value<number>(attempted)) > 0, 'the first attempts', 30_000);
}

beforeEach(async () => {
  await graph.run('MATCH (n:WebhookEvent|WebhookDelivery|WebhookAttempt) DETACH DELETE n');
  await graph.run('MATCH (w:Webhook) SET w.delivery_count = 0');
  await graph.run('MATCH (t:WebhookTally) SET t.successes = 0, t.failures = 0, t.kept = 0');
  await graph.run(
    'MATCH (c:WebhookCounter) SET c.events = 0, c.deliveries = 0, c.successes = 0, c.failures = 0, c.retried = 0',
  );
  receiver.answerWith([]);
  receiver.clear();
}, BOOT_MS);

async function expectOutage(seconds: number): Promise<void> {
  await Promise.all(['during-1', 'during-2', 'during-3'].map((key) => expectRefusal(key, seconds)));
  const ready = await service.call('GET', '/health/ready');
  expect(ready.status).toBe(503);
  expect((await service.call('GET', '/health/live')).status).toBe(200);
}

it(
  'a Neo4j that is away is waited for a bounded time, and the service goes on by itself when it is back',
  async () => {
    await neo4j.kill();
    await expectOutage(INGEST_TIMEOUT_SECONDS);
    await neo4j.restart();
    await expectRecovery(0);
    expect(await graph.count('WebhookEvent')).toBe(1);
  },
  2 * BOOT_MS,
);

it(
  'so is one that keeps its connections and says nothing',
  async () => {
    neo4j.freeze();
    let stored: (string | undefined)[];
    try {
      const first = expectRefusal('', INGEST_TIMEOUT_SECONDS);
      // It is on its way; what comes from now on waits behind it.
      await pause(200);
      stored = await Promise.all(
        ['during-1', 'during-2'].map((key) => expectRefusal(key, INGEST_TIMEOUT_SECONDS)),
      );
      stored.push(await first);
      await expectOutage(INGEST_TIMEOUT_SECONDS);
    } finally {
      neo4j.thaw();
    }
    await until(() => service.isReady(), 'the service to be ready again', BOOT_MS);
    expect(stored).toEqual([undefined, undefined, 'unknown']);
    // What was refused is not stored, but for the one write that was under way when it froze.
    const others = 'MATCH (e:WebhookEvent) WHERE e.idempotency_key IS NOT NULL RETURN count(e)';
    expect(await graph.value<number>(others)).toBe(0);
    const inDoubt = await graph.count('WebhookEvent');
    expect(inDoubt).toBeLessThanOrEqual(1);
    for (const key of ['during-1', 'during-2', 'during-3']) expect((await emit(key)).status).toBe(202);
    await until(async () => (await unfinished(graph)) === 0, 'all deliveries', BOOT_MS);
    expect(await graph.count('WebhookEvent')).toBe(3 + inDoubt);
    expect(receiver.requests).toHaveLength(3 + inDoubt);
    await expectSoundLog(graph);
  },
  2 * BOOT_MS,
);

it(
  'retries that came due during the outage are made after it: the schedule is on disk',
  async () => {
    await leaveWaiting(5);
    await neo4j.kill();
    receiver.clear();
    receiver.answerWith([200]);
    // They come due meanwhile.
    await pause(1500);
    await neo4j.restart();
    await expectRecovery(5);
  },
  2 * BOOT_MS,
);

it(
  'one that can only be read is told apart from one that works, and gets what waits when it can be written again',
  async () => {
    await leaveWaiting(3);
    await neo4j.shutDown();
    receiver.clear();
    receiver.answerWith([200]);
    await neo4j.restart('server.databases.default_to_read_only=true');
    // Unknown: its first try may have gone to a connection from before the restart.
    expect([undefined, 'unknown']).toContain(await expectRefusal('during', INGEST_TIMEOUT_SECONDS));
    expect((await service.call('GET', '/health/ready')).status).toBe(503);
    expect((await service.call('GET', '/api/v1/webhooks')).status).toBe(200);
    expect(receiver.requests).toEqual([]);
    await neo4j.shutDown();
    await neo4j.restart();
    await expectRecovery(3);
    expect(await graph.count('WebhookEvent')).toBe(4);
  },
  3 * BOOT_MS,
);

const long = process.env['FAULT_LONG'] ? it : it.skip;
long(
  'a minute without Neo4j is a minute without deliveries, and no more than that',
  async () => {
    await leaveWaiting(5);
    await service.end('SIGTERM');
    service = await start(60);
    await neo4j.kill();
    receiver.clear();
    receiver.answerWith([200]);
    await expectOutage(60);
    await neo4j.restart();
    await expectRecovery(5);
  },
  4 * BOOT_MS,
);
