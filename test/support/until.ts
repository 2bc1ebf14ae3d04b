import { setTimeout as wait } from 'node:timers/promises';

/** Asks again until the answer is truthy, then returns it; fails after `timeoutMs`. */
export async function until<T>(
  ask: () => Promise<T> | T,
  what = 'condition',
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`Timed out after ${timeoutMs} ms waiting for ${what}`);
    await wait(20);
  }
}
