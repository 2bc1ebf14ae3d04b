import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { prepareClosing } from './closing-connections.js';

let server: Server;
let closeConnections: () => void;
let agent: Agent;

beforeEach(async () => {
  server = createServer((_, response) => void pause(20).then(() => response.end('x'))).listen(0, '127.0.0.1');
  closeConnections = prepareClosing(server);
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

describe('a server that closes', () => {
  it('lets a server end although its clients never rest', async () => {
    const clients = [1, 2, 3, 4].map(callUntilGone);
    await pause(100);
    closeConnections();
    const closed = once(server, 'close');
    server.close();
    await closed;
    for (const answers of await Promise.all(clients)) expect(answers).toBeGreaterThan(0);
  });

  it('does not wait for a connection whose answer was under way', async () => {
    const { port } = server.address() as AddressInfo;
    const call = request({ host: '127.0.0.1', port, agent }).end();
    await once(server, 'request');
    closeConnections();
    const closed = once(server, 'close');
    server.close();
    const [response] = await once(call, 'response');
    response.resume();
    await closed;
  });

  it('does not wait for connections on which nothing or half a head ever came, opened before or since', async () => {
    const open = async (text: string): Promise<Socket> => {
      const { port } = server.address() as AddressInfo;
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      const came = once(server, 'connection');
      await once(socket, 'connect');
      await came;
      return socket.on('error', () => undefined);
    };
    const ends = [await open(''), await open('GET / HTTP/1.1\r\nHost: x\r\n')];
    closeConnections();
    ends.push(await open(''));
    const closed = once(server, 'close');
    server.close();
    await closed;
    for (const socket of ends) if (!socket.closed) await once(socket, 'close');
  });
});
