import { describe, expect, it } from '@jest/globals';
import { isTooSlow } from './body-pace.js';

const KIB = 1024;

describe('isTooSlow', () => {
  it.each([
    ['nothing has come, and others wait', 4, 0, true, false],
    ['nothing has come, and others wait', 5, 0, true, true],
    ['nothing has come, and nobody waits', 19, 0, false, false],
    ['nothing has come, and nobody waits', 20, 0, false, true],
    ['it drips', 6, 10, true, true],
    ['it comes at half the floor', 9, 9 * 32 * KIB, true, false],
    ['it comes at half the floor', 10, 10 * 32 * KIB, true, true],
    ['it comes at the floor', 59, 59 * 64 * KIB, true, false],
    ['it comes fast, but for too long', 60, 60 * 1024 * KIB, false, true],
  ])('when %s, after %i s', (_, seconds, bytes, isWanted, expected) => {
    expect(isTooSlow(seconds, bytes, isWanted)).toBe(expected);
  });
});
