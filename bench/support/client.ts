import { Pool } from 'undici';

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
const ANSWER_MS = 120_000;

/** Refuses everything but this machine: a benchmark is a load, and loads go nowhere else. */
export function assertLoopback(url: string): void {
  const { hostname } = new URL(url);
  if (!LOOPBACK.has(hostname)) {
    throw new Error(`Benchmarks run against the loopback only, not against ${hostname}`);
  }
}

/** A keep-alive client of one server on this machine. */
export class Client {
  private readonly pool: Pool;

  constructor(
    readonly base: string,
    connections = 64,
    answerMs = ANSWER_MS,
  ) {
    assertLoopback(base);
    this.pool = new Pool(base, {
      connections,
      pipelining: 1,
      headersTimeout: answerMs,
      bodyTimeout: answerMs,
    });
  }

  async get<T>(path: string): Promise<T> {
    return (await this.send('GET', path)) as T;
  }

  async post<T>(path: string, body?: string): Promise<T> {
    return (await this.send('POST', path, body)) as T;
  }

  async patch<T>(path: string, body: string): Promise<T> {
    return (await this.send('PATCH', path, body)) as T;
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: string): Promise<unknown> {
    const content = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body };
    const response = await this.pool.request({ method, path, ...content });
    const text = await response.body.text();
    if (response.statusCode >= 400) {
      throw new Error(`${method} ${path} answered ${response.statusCode}: ${text.slice(0, 200)}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  }
}
