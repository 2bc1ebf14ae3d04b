import { Pool } from 'undici';

/** Refuses everything but this machine: a benchmark is a load, and loads go nowhere else. */
export function assertLoopback(url: string): void {
  const { hostname } = new URL(url);
  if (hostname !== '127.0.0.1' && hostname !== 'localhost' && hostname !== '[::1]') {
    throw new Error(`Benchmarks run against the loopback only, not against ${hostname}`);
  }
}

/** A keep-alive client for one service. */
export class Client {
  private readonly pool: Pool;

  constructor(
    readonly base: string,
    connections = 64,
  ) {
    assertLoopback(base);
    this.pool = new Pool(base, { connections, pipelining: 1 });
  }

  async send(
    method: 'GET' | 'POST' | 'DELETE' | 'PATCH',
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    const response = await this.pool.request({
      method,
      path,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 400) {
      throw new Error(`${method} ${path} answered ${response.statusCode}: ${text.slice(0, 200)}`);
    }
    return text === '' ? undefined : JSON.parse(text);
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}

/** Runs `task` for 0 … count-1, `concurrency` at a time; resolves when all are done. */
export async function inParallel(
  count: number,
  concurrency: number,
  task: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, worker));
}

/** Polls until `reached` or throws after `timeoutMs`. */
export async function until(
  what: string,
  timeoutMs: number,
  reached: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await reached())) {
    if (performance.now() > deadline) throw new Error(`Not reached within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The value below which `share` (0..1) of the sorted values lie. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
