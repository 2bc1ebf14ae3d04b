import { describe, expect, it } from '@jest/globals';
import { ByteBudget } from './byte-budget.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Takes bytes and remembers whether it has them. */
function taker(budget: ByteBudget, bytes: number, signal?: AbortSignal) {
  const taken = { has: false, giveBack: (): void => undefined, error: undefined as unknown };
  budget.take(bytes, signal).then(
    (giveBack) => Object.assign(taken, { has: true, giveBack }),
    (error: unknown) => (taken.error = error),
  );
  return taken;
}

describe('ByteBudget', () => {
  it('lets wait who finds no room, in order, and small ones do not overtake', async () => {
    const budget = new ByteBudget(100);
    const [a, b, c] = [taker(budget, 60), taker(budget, 60), taker(budget, 10)];
    await turn();
    expect([a.has, b.has, c.has]).toEqual([true, false, false]);
    a.giveBack();
    a.giveBack();
    await turn();
    expect([b.has, c.has, budget.taken]).toEqual([true, true, 70]);
  });

  it('gives what is larger than all of it its turn alone', async () => {
    const budget = new ByteBudget(100);
    const [a, b, c] = [taker(budget, 1), taker(budget, 500), taker(budget, 1)];
    await turn();
    expect([a.has, b.has, c.has]).toEqual([true, false, false]);
    a.giveBack();
    await turn();
    expect([b.has, c.has]).toEqual([true, false]);
    b.giveBack();
    await turn();
    expect(c.has).toBe(true);
  });

  it('lets go who no longer waits, and serves those behind', async () => {
    const budget = new ByteBudget(100);
    const abort = new AbortController();
    const [a, b, c] = [taker(budget, 60), taker(budget, 60, abort.signal), taker(budget, 10)];
    await turn();
    abort.abort(new Error('gone'));
    await turn();
    expect([a.has, b.has, c.has]).toEqual([true, false, true]);
    expect(b.error).toEqual(new Error('gone'));
    expect([budget.taken, budget.waiting]).toEqual([70, 0]);
    await expect(budget.take(1, abort.signal)).rejects.toThrow('gone');
  });
});
