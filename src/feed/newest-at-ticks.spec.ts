import { describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { newestAtTicks, type Batch } from './newest-at-ticks.js';

/** A batch as `dropped:items`. */
const shown = ({ items, dropped }: Batch<string>): string => `${dropped}:${items.join('')}`;

function expectMarbles(
  source: string,
  ticks: string,
  expected: string,
  values: Record<string, string>,
): void {
  const scheduler = new TestScheduler((actual, wanted) => {
    expect(actual).toEqual(wanted);
  });
  scheduler.run(({ hot, expectObservable }) => {
    const result = hot(source).pipe(newestAtTicks(3, hot(ticks)), map(shown));
    expectObservable(result).toBe(expected, values);
  });
}

describe('newestAtTicks', () => {
  it('hands over at each tick what came since the last one, and nothing when nothing came', () => {
    expectMarbles('-ab---c---', '---t-t--t-', '---x----y-', { x: '0:ab', y: '0:c' });
  });

  it('keeps the newest and says how many it let go of', () => {
    expectMarbles('abcd---e--', '-----t---t', '-----x---y', { x: '1:bcd', y: '0:e' });
  });

  it('holds no more, however many come before the next tick', () => {
    expectMarbles('abcdefghijklmno---', '----------------t-', '----------------x-', { x: '12:mno' });
  });

  it('hands over the rest at the end, and ends with an error at once', () => {
    expectMarbles('-ab|', '----', '---(x|)', { x: '0:ab' });
    expectMarbles('-ab#', '----', '---#', {});
  });
});
