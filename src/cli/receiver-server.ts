import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { codeOf, messageOf } from '../common/caught.js';
import { createReceiver, type Receiver } from '../receiver/receiver.js';
import type { Cli } from './cli.js';
import { CliError, EXIT, usage } from './exit.js';
import { count, seconds } from './flags.js';
import { PRINT_MODES, printReceived, type PrintMode, type Received } from './print-received.js';

const MOST_BYTES = 2 ** 24;

export interface ReceiveFlags {
  readonly secretFile?: string;
  readonly status: number;
  readonly fail?: number;
  readonly delay?: number;
  readonly retryAfter?: number;
  readonly print: string;
  readonly count?: number;
  readonly host: string;
}

export const receiveFlags = (command: Command): Command =>
  command
    .option('--status <code>', 'what it answers', count, 200)
    .option('--fail <n>', 'answer the first n requests with 503', count)
    .option('--retry-after <s>', 'ask to wait so long with each answer that is not 2xx', seconds)
    .option('--delay <ms>', 'answer after so long', count)
    .option('--print <what>', 'line, headers or body', 'line')
    .option('--count <n>', 'end after so many requests', count)
    .option('--host <host>', 'where it listens', '127.0.0.1');

async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const typeOf = (body: Buffer): string | undefined => {
  try {
    return (JSON.parse(body.toString()) as { event?: string } | null)?.event;
  } catch {
    return undefined;
  }
};

/** Takes requests, says whether they are authentic, and answers what it was told to. */
export class ReceiverServer {
  private receiver: Receiver | undefined;
  private readonly server: Server;
  private readonly mode: PrintMode;
  private taken = 0;
  private finish: () => void = () => undefined;
  /** Resolves after `--count` requests. */
  readonly finished = new Promise<void>((resolve) => (this.finish = resolve));

  constructor(
    private readonly cli: Cli,
    private readonly flags: ReceiveFlags,
    secret: string | undefined,
  ) {
    const mode = PRINT_MODES.find((known) => known === flags.print);
    if (!mode) throw usage(`--print ${flags.print} is none of ${PRINT_MODES.join(', ')}`);
    this.mode = mode;
    if (flags.status < 200 || flags.status > 599) throw usage('--status must be 200 to 599');
    if (secret !== undefined) this.verifyWith(secret);
    this.server = createServer((request, response) => {
      this.take(request, response).catch(() => response.destroy());
    });
  }

  verifyWith(secret: string): void {
    this.receiver = createReceiver({ secrets: [secret], legacy: true });
  }

  /** @returns the URL */
  async listen(port: number): Promise<string> {
    this.server.listen(port, this.flags.host);
    try {
      await once(this.server, 'listening');
    } catch (error) {
      const code = codeOf(error);
      const why = code === 'EADDRINUSE' ? 'something listens there already' : (code ?? String(error));
      throw new CliError(EXIT.refused, `Cannot listen on ${this.flags.host}:${port}: ${why}`);
    }
    const { port: actual } = this.server.address() as AddressInfo;
    const host = this.flags.host.includes(':') ? `[${this.flags.host}]` : this.flags.host;
    return `http://${host}:${actual}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [at, from] = [new Date(), performance.now()];
    const body = await read(request);
    if (body === undefined) return void response.writeHead(413, { connection: 'close' }).end();
    const forged = await this.whyForged(request, body);
    if (this.flags.delay !== undefined) await sleep(this.flags.delay);
    const number = (this.taken += 1);
    const status = forged === undefined ? this.statusFor(number) : 401;
    const { retryAfter } = this.flags;
    const wait = status >= 300 && retryAfter !== undefined ? { 'retry-after': String(retryAfter) } : {};
    await new Promise<void>((resolve) => {
      response.once('close', resolve).writeHead(status, wait);
      response.end(forged);
    });
    const head = (name: string, fallback: string): string => String(request.headers[name] ?? fallback);
    const received: Received = {
      ...{ at, forged, status, tookMs: performance.now() - from, headers: request.headers },
      type: typeOf(body) ?? head('x-webhook-event', `${request.method ?? ''} ${request.url ?? ''}`),
      attempt: head('x-webhook-attempt', '–'),
      id: head('webhook-id', '–'),
      body: body.toString(),
    };
    printReceived(this.cli, received, this.mode);
    if (number === this.flags.count) this.finish();
  }

  private statusFor(number: number): number {
    return number <= (this.flags.fail ?? 0) ? 503 : this.flags.status;
  }

  private async whyForged({ headers }: IncomingMessage, body: Buffer): Promise<string | undefined> {
    try {
      await this.receiver?.verify({ headers, body });
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }
}
