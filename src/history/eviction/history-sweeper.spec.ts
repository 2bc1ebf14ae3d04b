import { describe, expect, it } from '@jest/globals';
import { restMs } from './history-sweeper.js';

describe('restMs', () => {
  it.each([
    ['little is too much', 10, 1, 190],
    ['as much as can be borne is too much', 10, 200_000, 190],
    ['twice as much is too much', 10, 400_000, 95],
    ['no rest is as long as the batch', 10, 100_000_000, 10],
    ['nothing is too much', 10, 0, 190],
    ['the batch was slow', 60_000, 1, 5000],
  ])('when %s', (_, tookMs, excess, rest) => {
    expect(restMs(tookMs, excess)).toBe(rest);
  });
});
