import { describe, expect, it } from '@jest/globals';
import { map, of, range, type Observable } from 'rxjs';
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

  it('waits with its end for the batches under way', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source = hot('ab|').pipe(each);
      const result = source.pipe(batchWhileBusy(joined(cold), { maxBatch: 10 }));
      expectObservable(result).toBe('---a--(b|)');
    });
  });

  it('passes on an error of a batch, of the source and of the project function', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const failing = hot('a--').pipe(
        each,
        batchWhileBusy(() => cold('--#'), { maxBatch: 1 }),
      );
      expectObservable(failing).toBe('--#');
      const broken = hot('a#').pipe(each, batchWhileBusy(joined(cold), { maxBatch: 1 }));
      expectObservable(broken).toBe('-#');
      const throwing = hot('-a-').pipe(
        each,
        batchWhileBusy(
          (): Observable<string> => {
            throw 'error' as unknown as Error;
          },
          { maxBatch: 1 },
        ),
      );
      expectObservable(throwing).toBe('-#');
    });
  });

  it('ends the batch under way when nobody listens any more', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const inner = cold('-----|');
      const source = hot('-a-----').pipe(each);
      const result = source.pipe(batchWhileBusy(() => inner, { maxBatch: 1 }));
      expectObservable(result, '---!').toBe('----');
      expectSubscriptions(inner.subscriptions).toBe('-^-!');
    });
  });

  it('bears any number of batches that are done at once', () => {
    let count = 0;
    range(1, 1)
      .pipe(
        map(() => Array.from({ length: 50_000 }, (_, i) => i)),
        batchWhileBusy((batch) => of(batch.length), { maxBatch: 1 }),
      )
      .subscribe((size) => (count += size));
    expect(count).toBe(50_000);
  });
});
