import { describe, expect, it } from '@jest/globals';
import { FreshAnswer } from './fresh-answer.js';

function counting(find: (n: number) => Promise<number>): {
  answer: FreshAnswer<number>;
  pass: (ms: number) => void;
} {
  let now = 0;
  let found = 0;
  return {
    answer: new FreshAnswer(
      () => find((found += 1)),
      10,
      () => now,
    ),
    pass: (ms) => (now += ms),
  };
}

describe('FreshAnswer', () => {
  it('finds an answer once for all who ask within its time', async () => {
    const { answer, pass } = counting(async (n) => n);
    expect(await Promise.all([answer.get(), answer.get()])).toEqual([1, 1]);
    pass(9);
    expect(await answer.get()).toBe(1);
    pass(1);
    expect(await answer.get()).toBe(2);
  });

  it('tells a failure to those who wait for it, and tries again for the next', async () => {
    const { answer } = counting(async (n) => {
      if (n === 1) throw new Error('away');
      return n;
    });
    const both = await Promise.allSettled([answer.get(), answer.get()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await answer.get()).toBe(2);
  });
});
