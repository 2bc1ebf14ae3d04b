import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type SignsOfLife, underLimits } from './attempt-limit.js';
import { NoAnswerError } from './graph-errors.js';

const LIMITS = { silenceMs: 10_000, limitMs: 30_000 };
const never = new Promise<never>(() => undefined);

class Life implements SignsOfLife {
  heard = Number.NEGATIVE_INFINITY;
  asked = 0;
  replaced = 0;
  readonly controller = new AbortController();
  readonly lost = this.controller.signal;
  heardAt(): number {
    return this.heard;
  }
  async ask(): Promise<void> {
    this.asked += 1;
  }
  replace(): void {
    this.replaced += 1;
    this.controller.abort();
  }
}

let life: Life;
beforeEach(() => {
  jest.useFakeTimers();
  life = new Life();
});
afterEach(() => {
  jest.useRealTimers();
});

/** What became of it, and when. */
async function outcome(attempt: Promise<unknown>): Promise<{ at: number; error: any }> {
  const started = performance.now();
  let seen: { at: number; error: any } | undefined;
  attempt.then(
    () => (seen = { at: performance.now() - started, error: undefined }),
    (error: unknown) => (seen = { at: performance.now() - started, error }),
  );
  while (!seen) await jest.advanceTimersByTimeAsync(50);
  return seen;
}

describe('the limits of an attempt', () => {
  it('gives up a silent server, once for all that it was asked, and asks before', async () => {
    const attempts = [underLimits(never, LIMITS, life), underLimits(never, LIMITS, life)];
    const [first, second] = await Promise.all(attempts.map(outcome));
    expect(first?.error).toBeInstanceOf(NoAnswerError);
    expect(first?.error.isAlive).toBe(false);
    expect(first?.at).toBeGreaterThanOrEqual(10_000);
    expect(first?.at).toBeLessThan(10_500);
    expect(second?.error).toBeInstanceOf(NoAnswerError);
    expect(life).toMatchObject({ asked: 2, replaced: 1 });
  });

  it('waits longer for one that answers others: slow is not away', async () => {
    const attempt = underLimits(never, LIMITS, life);
    life.heard = performance.now() + 1;
    const { at, error } = await outcome(attempt);
    expect(at).toBeGreaterThanOrEqual(30_000);
    expect(at).toBeLessThan(30_500);
    expect(error.isAlive).toBe(true);
    expect(life).toMatchObject({ asked: 0, replaced: 0 });
  });

  it('gives what came in time, and the error that came in time', async () => {
    await expect(underLimits(Promise.resolve(7), LIMITS, life)).resolves.toBe(7);
    await expect(underLimits(Promise.reject(new Error('no')), LIMITS, life)).rejects.toThrow('no');
    expect(jest.getTimerCount()).toBe(0);
  });
});
