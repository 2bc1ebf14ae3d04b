import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { InstanceLease } from '../../src/delivery/queue/instance-lease.js';
import { TestApp } from '../support/app.js';
import { Graph } from '../support/graph.js';
import { Neo4jProcess } from '../support/neo4j-process.js';
import { Receiver } from '../support/receiver.js';
import { StallingProxy } from '../support/stalling-proxy.js';
import { until } from '../support/until.js';

const INGEST_TIMEOUT_SECONDS = 3;
/** Beyond the timeout; generous, because the machine may be busy. */
const SLACK_MS = 20_000;
const BOOT_MS = 180_000;
const RECOVERY_MS = 60_000;
const OTHER_PASSWORD = 'another-password';

let neo4j: Neo4jProcess;
let proxy: StallingProxy;
let graph: Graph;
let receiver: Receiver;
let app: TestApp;
let webhookId: string;
let lines: string[];

interface Answer {
  readonly status: number;
  readonly retryAfter: number;
  readonly body: any;
  readonly ms: number;
}

async function call(method: string, path: string, body?: object): Promise<Answer> {
  const started = performance.now();
  const response = await fetch(`${app.url}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  const ms = performance.now() - started;
  const retryAfter = Number(response.headers.get('retry-after'));
  return { status: response.status, retryAfter, body: text === '' ? undefined : JSON.parse(text), ms };
}

const emit = (n: number): Promise<Answer> =>
  call('POST', '/api/v1/events', { event: 'entity.created', data: { n } });

/** The kinds of calls there are: each reaches Neo4j by another way. */
const CALLS: readonly (readonly [method: string, path: () => string, body?: object])[] = [
  ['GET', () => '/api/v1/webhooks'],
  ['GET', () => `/api/v1/webhooks/${webhookId}`],
  ['GET', () => '/api/v1/webhooks/stats'],
  ['GET', () => '/api/v1/webhooks/deliveries'],
  ['GET', () => `/api/v1/webhooks/${webhookId}/deliveries`],
  ['POST', () => '/api/v1/webhooks', { name: 'x', url: 'http://127.0.0.1:1/', events: ['*'] }],
  ['PUT', () => `/api/v1/webhooks/${webhookId}`, { name: 'y' }],
  ['PATCH', () => `/api/v1/webhooks/${webhookId}`, { name: 'y' }],
  ['POST', () => `/api/v1/webhooks/${webhookId}/test`],
  ['POST', () => `/api/v1/webhooks/${webhookId}/secret/rotate`],
  ['POST', () => `/api/v1/webhooks/${webhookId}/recover`],
  ['POST', () => '/api/v1/events', { event: 'entity.created', data: {} }],
  ['POST', () => '/api/v1/events/batch', { events: [{ event: 'entity.created', data: {} }] }],
];

async function expectRefusals(): Promise<void> {
  const answers = await Promise.all(
    CALLS.map(async ([method, path, body]) => ({
      method,
      path: path(),
      ...(await call(method, path(), body)),
    })),
  );
  for (const { method, path, status, retryAfter, ms } of answers) {
    expect({ method, path, status }).toEqual({ method, path, status: 503 });
    expect(retryAfter).toBeGreaterThan(0);
    expect(ms).toBeLessThan(INGEST_TIMEOUT_SECONDS * 1000 + SLACK_MS);
  }
}

async function untilWorking(): Promise<void> {
  const isReady = async (): Promise<boolean> => (await call('GET', '/health/ready')).status === 200;
  await until(isReady, 'the service to be ready', RECOVERY_MS);
  const accepted = async (): Promise<Answer | false> => {
    const answer = await emit(99);
    return answer.status === 202 && answer;
  };
  const { body } = (await until(accepted, 'an event to be accepted', RECOVERY_MS)) as Answer;
  const has = (): boolean =>
    receiver.requests.some(({ headers }) => headers['x-webhook-delivery'] === body.delivery_ids[0]);
  await until(has, 'the delivery', RECOVERY_MS);
}

const startApp = (through = proxy, patience = INGEST_TIMEOUT_SECONDS): Promise<TestApp> =>
  TestApp.start({
    env: {
      NEO4J_URI: `bolt://127.0.0.1:${through.port}`,
      NEO4J_PASSWORD: neo4j.connection.password,
      INGEST_TIMEOUT_SECONDS: String(patience),
    },
  });

beforeAll(async () => {
  neo4j = await Neo4jProcess.start();
  proxy = await StallingProxy.to(Number(new URL(neo4j.connection.uri).port));
  graph = Graph.open(neo4j.connection);
  receiver = await Receiver.start();
  app = await startApp();
  const body = { name: 'faults', url: receiver.url(), events: ['entity.created'], secret: 'a secret' };
  webhookId = await until(
    async () => (await call('POST', '/api/v1/webhooks', body)).body.id as string,
    'the webhook to be made',
    RECOVERY_MS,
  );
}, BOOT_MS);

afterAll(async () => {
  neo4j.thaw();
  await app.close();
  await receiver.close();
  await graph.close();
  await proxy.close();
  await neo4j.remove();
}, BOOT_MS);

beforeEach(() => {
  lines = [];
  const keep = (message: unknown): void => {
    lines.push(String(message));
  };
  for (const level of ['error', 'warn', 'log'] as const)
    jest.spyOn(Logger.prototype, level).mockImplementation(keep);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/**
 * Refused changes are on record, and an outcome whose commit got no answer is written again in vain. On a busy machine
 * the end of an outage may take so long that it is another one for a moment, which is told as well.
 */
const BESIDES =
  /switched off|^webhook\.\w+ refused$|outcomes were no longer ours|is too busy to answer in time/;

/** One line when it began and one when it ended, whichever loop tried in vain. */
function expectTwoLines(begin: RegExp): void {
  const told = lines.filter((line) => !BESIDES.test(line));
  expect(told).toHaveLength(2);
  expect(told[0]).toMatch(begin);
  expect(told[1]).toMatch(/works again after .* s; \d+ calls were refused/);
}

describe('faults of the store', () => {
  it(
    'a Neo4j that is slow when the service starts is waited for, however short callers are to wait',
    async () => {
      const slow = await StallingProxy.to(Number(new URL(neo4j.connection.uri).port));
      // The first connection asks whether it is there; what the start then does is answered late.
      slow.holdFrom(2, pause(4000));
      const other = await startApp(slow, 1);
      await other.close();
      await slow.close();
    },
    BOOT_MS,
  );

  it(
    'connections that the network forgot are replaced, and the lease is kept',
    async () => {
      await untilWorking();
      const { id } = app.get(InstanceLease);
      proxy.stall();
      const again = async (): Promise<boolean> => (await emit(1)).status === 202;
      await until(again, 'events to be accepted again', RECOVERY_MS);
      await untilWorking();
      const lists = async (): Promise<boolean> => (await call('GET', '/api/v1/webhooks')).status === 200;
      await until(lists, 'webhooks to be listed', RECOVERY_MS);
      expect(app.get(InstanceLease).id).toBe(id);
    },
    BOOT_MS,
  );

  it(
    'every call has its 503 in time while Neo4j is frozen, and it goes on by itself',
    async () => {
      await untilWorking();
      lines = [];
      neo4j.freeze();
      try {
        await expectRefusals();
        await expectRefusals();
        expect((await call('GET', '/health/ready')).status).toBe(503);
        expect((await call('GET', '/health/live')).status).toBe(200);
      } finally {
        neo4j.thaw();
      }
      await untilWorking();
      expectTwoLines(/^Neo4j does not answer/);
    },
    BOOT_MS,
  );

  it(
    'a password that was changed is told once, locks nobody out, and is tried again',
    async () => {
      const right = neo4j.connection.password;
      await graph.run(`CREATE USER other SET PASSWORD '${OTHER_PASSWORD}' CHANGE NOT REQUIRED`);
      const other = Graph.open({ ...neo4j.connection, user: 'other', password: OTHER_PASSWORD });
      await other.run(`ALTER USER neo4j SET PASSWORD '${OTHER_PASSWORD}' CHANGE NOT REQUIRED`);
      lines = [];
      proxy.cut();
      await expectRefusals();
      const ready = await call('GET', '/health/ready');
      expect(ready).toMatchObject({ status: 503, body: { detail: expect.stringContaining('credentials') } });
      // Longer than the lock that three wrong passwords bring.
      await pause(6000);
      const owner = Graph.open({ ...neo4j.connection, password: OTHER_PASSWORD });
      const canLogIn = async (): Promise<boolean> => owner.run('RETURN 1').then(Boolean, () => false);
      await until(canLogIn, 'the owner of the password to be let in', 20_000);
      await other.run(`ALTER USER neo4j SET PASSWORD '${right}' CHANGE NOT REQUIRED`);
      await untilWorking();
      expectTwoLines(/NEO4J_PASSWORD/);
      await Promise.all([owner.close(), other.close()]);
    },
    BOOT_MS,
  );

  it(
    'a stop ends in time although Neo4j is frozen',
    async () => {
      await untilWorking();
      receiver.answerWith([{ status: 200, delayMs: 1000 }]);
      await Promise.all([1, 2, 3].map(emit));
      neo4j.freeze();
      const started = performance.now();
      await app.close();
      expect(performance.now() - started).toBeLessThan(45_000);
      neo4j.thaw();
      receiver.answerWith([]);
      app = await startApp();
      const open = `MATCH (d:WebhookDelivery) WHERE NOT d.status IN ['success', 'failed'] RETURN count(d)`;
      await until(
        async () => (await graph.value<number>(open)) === 0,
        'what was left to be delivered',
        RECOVERY_MS,
      );
      await untilWorking();
    },
    BOOT_MS,
  );
});
