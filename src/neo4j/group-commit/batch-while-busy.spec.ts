import { describe, expect, it } from '@jest/globals';
import { map, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { batchWhileBusy } from './batch-while-busy.js';

type Helpers = Parameters<Parameters<TestScheduler['run']>[0]>[0];

function marbles(run: (helpers: Helpers) => void): void {
  new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  }).run(run);
}

const each = map((value: string) => [value]);

describe('batchWhileBusy', () => {
  const joined =
    (cold: Helpers['cold']) =>
    (batch: readonly string[]): Observable<string> =>
      cold('---(r|)', { r: batch.join('') });

  it('takes a value at once when idle, and what came meanwhile as the next batch', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source = hot('a-bc------d---|').pipe(each);
      const result = source.pipe(batchWhileBusy(joined(cold), { maxBatch: 10 }));
      expectObservable(result).toBe('---x--y------z|', { x: 'a', y: 'bc', z: 'd' });
    });
  });

  it('takes together what arrives together', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source = hot('l--|', { l: ['a', 'b', 'c'] });
      expectObservable(source.pipe(batchWhileBusy(joined(cold), { maxBatch: 10 }))).toBe('---(x|)', {
        x: 'abc',
      });
    });
  });

  it('makes no batch larger than the limit and keeps the order', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source = hot('(abcde|)').pipe(each);
      const result = source.pipe(batchWhileBusy(joined(cold), { maxBatch: 2 }));
      expectObservable(result).toBe('---x--y--(z|)', { x: 'a', y: 'bc', z: 'de' });
    });
  });

  it('keeps a batch below the weight, but lets a value pass that is heavier by itself', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source = hot('(l|)', { l: ['1', '4', '2', '9', '1'] });
      const result = source.pipe(batchWhileBusy(joined(cold), { maxBatch: 10, weigh: Number, maxWeight: 6 }));
      expectObservable(result).toBe('---x--y--z--(w|)', { x: '14', y: '2', z: '9', w: '1' });
    });
  });

  it('works on as many batches at once as it may', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source = hot('abc----|').pipe(each);
      const result = source.pipe(batchWhileBusy(joined(cold), { maxBatch: 1, concurrency: 2 }));
      expectObservable(result).toBe('---ab-c|');
    });
  });
});
