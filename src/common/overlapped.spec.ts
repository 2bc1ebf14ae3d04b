import { describe, expect, it } from '@jest/globals';
import { messageOf } from './caught.js';
import { overlapped } from './overlapped.js';

/** What was done, in order. `uses` says what using each item comes to. */
async function done(items: readonly string[], uses: (item: string) => boolean | Error = () => true) {
  const log: string[] = [];
  const pass = async (): Promise<void> => {
    for (let n = 0; n < 3; n += 1) await Promise.resolve();
  };
  const end = await overlapped(
    items,
    async (item) => {
      log.push(`prepare ${item}`);
      if (item === 'bad') throw new Error('bad');
      return item;
    },
    async (item) => {
      log.push(`use ${item}`);
      await pass();
      log.push(`used ${item}`);
      const use = uses(item);
      if (use instanceof Error) throw use;
      return use;
    },
  ).catch(messageOf);
  return [...log, ...(end === undefined ? [] : [end])];
}

describe('overlapped', () => {
  it('prepares each item while the one before it is used, and uses them in order', async () => {
    expect(await done(['a', 'b', 'c'])).toEqual([
      ...['prepare a', 'prepare b', 'use a', 'used a'],
      ...['prepare c', 'use b', 'used b', 'use c', 'used c'],
    ]);
  });

  it('does nothing with nothing', async () => expect(await done([])).toEqual([]));

  it('stops where it is told to', async () => {
    expect((await done(['a', 'b', 'c'], (item) => item !== 'b')).at(-1)).toBe('used b');
  });

  it('fails where a use or a preparation fails, after what came before it', async () => {
    expect((await done(['a', 'bad', 'c'])).slice(-2)).toEqual(['used a', 'bad']);
    expect((await done(['a', 'bad'], () => new Error('worse'))).at(-1)).toBe('worse');
  });
});
