import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 20;

/** Milliseconds of the one monotonic clock that all processes of this machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Polls until `reached`, or throws after `timeoutMs`. */
export async function until(
  what: string,
  timeoutMs: number,
  reached: () => Promise<boolean> | boolean,
  pollMs = POLL_MS,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await reached())) {
    if (performance.now() > deadline) throw new Error(`Not reached within ${timeoutMs} ms: ${what}`);
    await pause(pollMs);
  }
}

/** What `work` resolves to, or an error after `limitMs`. The work itself is not stopped by that. */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not done within ${limitMs} ms: ${what}`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
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

/**
 * Starts `task` `rate` times a second, `count` times in all, open loop: a slow one does not hold up the next.
 * Resolves when all are done.
 */
export async function paced(
  count: number,
  rate: number,
  task: (index: number) => Promise<unknown>,
): Promise<void> {
  const started: Promise<unknown>[] = [];
  const begin = performance.now();
  for (let i = 0; i < count; i += 1) {
    const wait = begin + (i * 1000) / rate - performance.now();
    if (wait > 0) await pause(wait);
    const running = task(i);
    running.catch(() => undefined);
    started.push(running);
  }
  await Promise.all(started);
}
