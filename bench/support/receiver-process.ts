/**
 * A bare receiver in a process of its own: `node receiver-process.ts`. Prints its two ports as one line of JSON.
 * `/hook…` answers 200 at once, `/slow/<ms>` after so many ms, `/hang…` after 15 s, or at once while released.
 * A path with `/timed` also remembers when each webhook-id arrived first. The second port is for the benchmark:
 * `/count`, `/arrivals`, `/reset`, `/release`, `/hang`, `/down` (connections are refused) and `/up`.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { now } from './waiting.js';

const HANG_MS = 15_000;

let received = 0;
let hanging = true;
const held = new Set<ServerResponse>();
const arrivals = new Map<string, [id: string, at: number]>();

function answer(response: ServerResponse): void {
  if (held.delete(response) || !response.writableEnded) response.end();
}

function hold(response: ServerResponse, milliseconds: number): void {
  held.add(response);
  const timer = setTimeout(answer, milliseconds, response);
  response.once('close', () => {
    clearTimeout(timer);
    held.delete(response);
  });
}

function note(request: IncomingMessage, at: number): void {
  received += 1;
  const { url = '', headers } = request;
  const id = headers['webhook-id'];
  if (typeof id !== 'string' || !url.includes('/timed')) return;
  const key = `${url} ${id}`;
  if (!arrivals.has(key)) arrivals.set(key, [id, at]);
}

const hooks = createServer((request, response) => {
  const at = now();
  const { url = '' } = request;
  request.on('end', () => {
    if (url.startsWith('/hang') && hanging) hold(response, HANG_MS);
    else {
      note(request, at);
      const slow = /^\/slow\/(\d+)/.exec(url);
      if (slow) hold(response, Number(slow[1]));
      else response.end();
    }
  });
  request.resume();
});
hooks.keepAliveTimeout = 60_000;

async function listen(server: typeof hooks, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const port = await listen(hooks, 0);

const ORDERS: Readonly<Record<string, () => unknown>> = {
  '/count': () => ({ received, timed: arrivals.size }),
  '/arrivals': () => [...arrivals.values()],
  '/reset': () => {
    received = 0;
    arrivals.clear();
  },
  '/hang': () => {
    hanging = true;
  },
  '/release': () => {
    hanging = false;
    for (const response of held) answer(response);
  },
  '/down': async () => {
    hooks.close();
    hooks.closeAllConnections();
    await once(hooks, 'close');
  },
  '/up': () => listen(hooks, port),
};

async function obey(order: string): Promise<string> {
  return JSON.stringify((await ORDERS[order]?.()) ?? null);
}

const control = createServer((request, response) => {
  void obey(request.url ?? '').then((text) => response.end(text));
});
control.keepAliveTimeout = 60_000;
const controlPort = await listen(control, 0);
process.stdout.write(`${JSON.stringify({ port, controlPort })}\n`);
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
