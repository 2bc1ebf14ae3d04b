import { describe, expect, it } from '@jest/globals';
import { BoundedLog } from './bounded-log.js';

describe('BoundedLog', () => {
  it('lets so many lines through in a span, and tells with the next how many it kept back', () => {
    let now = 0;
    const log = new BoundedLog(2, 1000, () => now);
    expect([log.take(), log.take(), log.take(), log.take()]).toEqual([
      { keptBack: 0 },
      { keptBack: 0 },
      undefined,
      undefined,
    ]);
    now = 999;
    expect(log.take()).toBeUndefined();
    now = 1000;
    expect([log.take(), log.take(), log.take()]).toEqual([{ keptBack: 3 }, { keptBack: 0 }, undefined]);
  });
});
