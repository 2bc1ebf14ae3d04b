import { describe, expect, it } from '@jest/globals';
import { BlockedOnes } from './blocked-ones.js';
import { Lane } from './lane.js';

describe('a delivery that is blocked', () => {
  it('is so for itself alone once others arrived since it was for the first time', () => {
    const ones = new BlockedOnes();
    ones.noteArrival();
    expect([ones.isAlone('a'), ones.isAlone('a')]).toEqual([false, false]);
    ones.noteArrival();
    expect([ones.isAlone('b'), ones.isAlone('a'), ones.isAlone('a')]).toEqual([false, true, true]);
    ones.clear();
    expect(ones.isAlone('a')).toBe(false);
  });

  it('is forgotten when there are too many', () => {
    const ones = new BlockedOnes();
    ones.isAlone('first');
    for (let n = 0; n < 1000; n += 1) ones.isAlone(`${n}`);
    ones.noteArrival();
    expect([ones.isAlone('first'), ones.isAlone('999')]).toEqual([false, true]);
  });

  it('loses no retry while the breaker is open: then everything is blocked', () => {
    const settings = { threshold: 3, maxPauseMs: 10_000, jitter: 0, widest: 8, throttlePerSecond: Infinity };
    const lane = new Lane({ ...settings, random: () => 0.5, now: () => 0 });
    expect(lane.isBlockedAlone('a')).toBe(false);
    lane.ended('free', { kind: 'success' });
    expect(lane.isBlockedAlone('a')).toBe(true);
    lane.ended('free', { kind: 'blocked' });
    expect(lane.isBlockedAlone('a')).toBe(false);
    lane.reset();
    expect(lane.isBlockedAlone('a')).toBe(false);
  });
});
