import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeConnections } from './closing-connections.js';

let server: Server;
let agent: Agent;

beforeEach(async () => {
  server = createServer((_, response) => void pause(20).then(() => response.end('x'))).listen(0, '127.0.0.1');
  agent = new Agent({ keepAlive: true });
  await once(server, 'listening');
});
afterEach(() => {
  agent.destroy();
  server.closeAllConnections();
});

/** Calls again and again over connections that are kept alive, until the server is gone. */
async function callUntilGone(): Promise<number> {
  const { port } = server.address() as AddressInfo;
  for (let answers = 0; ; answers += 1) {
    const call = request({ host: '127.0.0.1', port, agent }).end();
    const answered = await once(call, 'response').catch(() => undefined);
    if (!answered) return answers;
    await once(answered[0].resume(), 'end');
  }
}

describe('closeConnections', () => {
  it('lets a server end although its clients never rest', async () => {
    const clients = [1, 2, 3, 4].map(callUntilGone);
    await pause(100);
    closeConnections(server);
    const closed = once(server, 'close');
    server.close();
    await closed;
    for (const answers of await Promise.all(clients)) expect(answers).toBeGreaterThan(0);
  });

  it('does not wait for a connection whose answer was under way', async () => {
    const { port } = server.address() as AddressInfo;
    const call = request({ host: '127.0.0.1', port, agent }).end();
    await once(server, 'request');
    closeConnections(server);
    const closed = once(server, 'close');
    server.close();
    const [response] = await once(call, 'response');
    response.resume();
    await closed;
  });
});
