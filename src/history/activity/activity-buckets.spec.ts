import { describe, expect, it } from '@jest/globals';
import { firstBucket, HOUR_MS, inBuckets, noSums } from './activity-sums.js';

const NOW = Date.parse('2026-11-26T10:20:30Z');
const at = (time: string): number => Date.parse(time);
const shown = (ms: number): string => new Date(ms).toISOString();
const some = (succeeded: number) => ({ ...noSums(), succeeded });

describe('where figures begin', () => {
  it.each([
    ['the last 24 hours, the present one included', undefined, 'hour', '2026-11-25T11:00:00.000Z'],
    ['30 days', undefined, 'day', '2026-10-27T00:00:00.000Z'],
    ['the hour of the time', at('2026-11-26T08:59:59Z'), 'hour', '2026-11-26T08:00:00.000Z'],
    ['the day of the time', at('2026-11-24T23:59:59Z'), 'day', '2026-11-24T00:00:00.000Z'],
    ['what is kept', at('2020-01-01T00:00:00Z'), 'hour', '2026-10-27T10:00:00.000Z'],
  ] as const)('is %s', (_, since, bucket, from) => {
    expect(shown(firstBucket(since, bucket, NOW))).toBe(from);
  });
});

describe('buckets', () => {
  it('are there also where nothing happened', () => {
    const first = at('2026-11-26T08:00:00Z');
    const hours = [
      { from: first, sums: some(1) },
      { from: first + 2 * HOUR_MS, sums: some(2) },
      { from: first + 2 * HOUR_MS, sums: some(3) },
    ];
    expect(inBuckets(hours, first, 'hour', NOW).map(({ sums }) => sums.succeeded)).toEqual([1, 0, 5]);
  });

  it('join the hours of a day in UTC', () => {
    const first = at('2026-11-25T00:00:00Z');
    const hours = [
      { from: at('2026-11-25T00:00:00Z'), sums: some(1) },
      { from: at('2026-11-25T23:00:00Z'), sums: some(2) },
      { from: at('2026-11-26T00:00:00Z'), sums: some(4) },
    ];
    expect(inBuckets(hours, first, 'day', NOW)).toEqual([
      { from: first, sums: some(3) },
      { from: first + 24 * HOUR_MS, sums: some(4) },
    ]);
  });

  it('leave out what is not of their time, and are none when that lies ahead', () => {
    const first = at('2026-11-26T10:00:00Z');
    const hours = [
      { from: first - HOUR_MS, sums: some(1) },
      { from: Number.NaN, sums: some(1) },
    ];
    expect(inBuckets(hours, first, 'hour', NOW)).toEqual([{ from: first, sums: noSums() }]);
    expect(inBuckets(hours, first + 24 * HOUR_MS, 'hour', NOW)).toEqual([]);
  });
});
