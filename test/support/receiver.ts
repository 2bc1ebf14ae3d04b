import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** One request as it came off the wire. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The exact bytes. */
  readonly body: Buffer;
  /** The body parsed as JSON. */
  readonly json: any;
  /** ms since the epoch when the body was complete. */
  readonly at: number;
}

/** How the receiver answers one request. */
export interface Answer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default '' */
  readonly body?: string | Buffer;
  /** ms before the answer. @default 0 */
  readonly delayMs?: number;
  /** Never answers; the connection stays open until the client or `close()` ends it. */
  readonly hang?: boolean;
  /** Cuts the connection instead of answering. */
  readonly reset?: boolean;
}

/** A status code is short for an answer with it. */
export type Script =
  readonly (number | Answer)[] | ((request: ReceivedRequest, number: number) => number | Answer);

/** A real HTTP receiver on 127.0.0.1 that records what it gets and answers by a script. */
export class Receiver {
  readonly requests: ReceivedRequest[] = [];
  /** Requests that are being answered now, and the most there were at once. */
  inFlight = 0;
  maxInFlight = 0;

  private readonly sockets = new Set<Socket>();
  private readonly arrivals = new Set<() => void>();
  private received = 0;

  private constructor(
    private readonly server: Server,
    private script: Script,
  ) {
    server.keepAliveTimeout = 60_000;
    server.on('connection', (socket) => this.track(socket));
    server.on(
      'request',
      (request, response) => void this.answer(request, response).catch(() => response.destroy()),
    );
  }

  /** Answers request n by `script[n]`, the last entry for all that follow; an empty script answers 200. */
  static async start(script: Script = [], port = 0): Promise<Receiver> {
    const receiver = new Receiver(createServer(), script);
    receiver.server.listen(port, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.sockets.size;
  }

  url(path = '/hook'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Starts a new script with the next request; what was recorded stays. */
  answerWith(script: Script): void {
    this.script = script;
    this.received = 0;
  }

  /** Forgets what was recorded; the script goes on. */
  clear(): void {
    this.requests.length = 0;
  }

  /** Resolves with all requests once `count` have arrived; rejects after `timeoutMs`. */
  async waitFor(count: number, timeoutMs = 15_000): Promise<readonly ReceivedRequest[]> {
    const deadline = Date.now() + timeoutMs;
    while (this.requests.length < count) {
      const left = deadline - Date.now();
      if (left <= 0)
        throw new Error(`Receiver got ${this.requests.length} of ${count} requests in ${timeoutMs} ms`);
      await this.nextArrival(left);
    }
    return [...this.requests];
  }

  /** Waits `quietMs` and fails if anything arrives meanwhile. */
  async expectQuiet(quietMs = 300): Promise<void> {
    const before = this.requests.length;
    await wait(quietMs);
    const more = this.requests.length - before;
    if (more > 0) throw new Error(`Receiver expected silence but got ${more} more requests`);
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
  }

  private nextArrival(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.arrivals.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.arrivals.add(done);
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.inFlight += 1;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    response.once('close', () => (this.inFlight -= 1));
    const received = await read(request);
    const answer = this.next(received);
    this.requests.push(received);
    for (const arrival of [...this.arrivals]) arrival();
    if (answer.delayMs) await wait(answer.delayMs);
    if (answer.reset) response.destroy();
    else if (!answer.hang) response.writeHead(answer.status ?? 200, answer.headers).end(answer.body ?? '');
  }

  private next(request: ReceivedRequest): Answer {
    const number = this.received++;
    const script = this.script;
    const entry =
      typeof script === 'function' ? script(request, number) : (script[number] ?? script.at(-1) ?? 200);
    return typeof entry === 'number' ? { status: entry } : entry;
  }
}

async function read(request: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body,
    json: parse(body),
    at: Date.now(),
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
