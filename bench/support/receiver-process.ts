/**
 * A bare receiver in a process of its own: `node receiver-process.ts`. Prints its port as one line of JSON.
 * `/hook…` answers 200 and remembers when each webhook-id arrived; `/hang…` never answers within its delay;
 * `GET /count` and `POST /reset` are for the benchmark.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

let received = 0;
let failing = false;
const arrivals = new Map<string, number>();
const now = (): number => performance.timeOrigin + performance.now();

const HANG_MS = 15_000;

function accept(request: IncomingMessage, response: ServerResponse): void {
  const id = request.headers['webhook-id'];
  const at = now();
  request.on('end', () => {
    received += 1;
    if (typeof id === 'string' && request.url === '/hook/timed') arrivals.set(id, at);
    response.statusCode = failing ? 500 : 200;
    response.end();
  });
  request.resume();
}

function answerControl(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/reset') {
    received = 0;
    arrivals.clear();
  }
  if (request.url === '/fail') failing = true;
  if (request.url === '/recover') failing = false;
  response.end(
    JSON.stringify({ received, arrivals: request.url === '/arrivals' ? [...arrivals] : undefined }),
  );
}

const server = createServer((request, response) => {
  if (request.url?.startsWith('/hook')) accept(request, response);
  else if (request.url?.startsWith('/hang')) {
    request.resume();
    setTimeout(() => response.end(), HANG_MS).unref();
  } else answerControl(request, response);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
