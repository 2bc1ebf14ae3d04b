import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { BROKEN_REQUESTS } from '../support/hostile/requests.js';
import { rawRequest } from '../support/hostile/raw-request.js';
import { Receiver } from '../support/receiver.js';
import { testConnection } from '../support/connection.js';
import { emptyGraph } from '../support/graph.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

const CROWD = 5000;

let service: ServiceProcess;
let proxy: Receiver;
const sockets: Socket[] = [];

beforeAll(async () => {
  await emptyGraph();
  proxy = await Receiver.start();
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy'];
  const env = Object.fromEntries(proxies.map((name) => [name, proxy.url('')]));
  service = await ServiceProcess.start(testConnection(), { ...env, NODE_USE_ENV_PROXY: '1' });
}, 90_000);
afterEach(async () => {
  const closed = sockets.filter((socket) => !socket.closed).map((socket) => once(socket, 'close'));
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(closed);
});
afterAll(async () => {
  await service.end('SIGTERM');
  await proxy.close();
}, 60_000);

async function open(first = ''): Promise<Socket> {
  const socket = connect(service.port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  socket.on('error', () => socket.destroy());
  if (first !== '') socket.write(first);
  return socket;
}

/** The service takes an event, and lists what is there. */
async function expectService(): Promise<void> {
  const emitted = await fetch(`${service.url}/api/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"event":"system.health"}',
  });
  expect(emitted.status).toBe(202);
  const listed = await fetch(`${service.url}/api/v1/webhooks`);
  expect(listed.status).toBe(200);
  await listed.arrayBuffer();
}

const HEAD = 'POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';

describe('the service goes on', () => {
  it(`while ${CROWD} clients hold connections, idle, in the middle of a head or of a body`, async () => {
    const beginnings = ['', 'GET /api/v1/webhooks HTT', HEAD, `${HEAD}Content-Length: 26\r\n\r\n{"event":`];
    for (let opened = 0; opened < CROWD; opened += 250) {
      await Promise.all(Array.from({ length: 250 }, (_, n) => open(beginnings[n % beginnings.length])));
    }
    expect(sockets.filter((socket) => !socket.destroyed)).toHaveLength(CROWD);
    for (let n = 0; n < 5; n += 1) await expectService();
    expect(sockets.filter((socket) => !socket.destroyed)).toHaveLength(CROWD);
  }, 120_000);

  it('while clients send a byte now and then', async () => {
    const slow = await Promise.all(Array.from({ length: 100 }, () => open(HEAD)));
    const timer = setInterval(() => slow.forEach((socket) => socket.write('X')), 100);
    try {
      for (let n = 0; n < 10; n += 1) await expectService();
    } finally {
      clearInterval(timer);
    }
  }, 60_000);

  it('when clients go away in the middle of a body', async () => {
    for (let n = 0; n < 50; n += 1) {
      const socket = await open(`${HEAD}Content-Length: 1000000\r\n\r\n{"event":"entity.created",`);
      if (n % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }
    await expectService();
    const pending = async (): Promise<number> =>
      ((await (await fetch(`${service.url}/api/v1/webhooks/stats`)).json()) as any).pending_deliveries;
    // Outcomes are gathered for a moment.
    await until(async () => (await pending()) === 0, 'nothing to be pending');
  }, 60_000);

  it('when clients go away in the middle of an answer', async () => {
    for (let n = 0; n < 50; n += 1) {
      const socket = await open('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await once(socket, 'data');
      socket.resetAndDestroy();
    }
    await expectService();
  }, 60_000);

  it('when clients ask and never read', async () => {
    const socket = await open();
    socket.pause();
    socket.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(500));
    await expectService();
  }, 60_000);
});

describe('a client that sends', () => {
  it.each(BROKEN_REQUESTS)(
    '%s is refused in good form, and its connection ends',
    async (_, bytes, statuses) => {
      const { status, head, body } = await rawRequest(service.port, Buffer.from(bytes, 'latin1'));
      expect(statuses).toContain(status);
      if (status > 0) expect(head).toMatch(/^connection: close/im);
      expect(body).not.toMatch(/node_modules|at \w+ \(/);
      await expectService();
    },
  );
});

it('a proxy of the environment is asked for nothing', async () => {
  const receiver = await Receiver.start();
  try {
    const post = (path: string, body: object) =>
      fetch(`${service.url}/api/v1${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await post('/webhooks', { name: 'n', url: receiver.url(), events: ['import.started'] });
    await post('/events', { event: 'import.started' });
    await receiver.waitFor(1);
    await until(async () => service.isReady());
    expect(proxy.requests).toHaveLength(0);
  } finally {
    await receiver.close();
  }
});
