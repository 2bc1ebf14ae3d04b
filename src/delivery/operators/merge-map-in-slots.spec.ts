import { describe, expect, it } from '@jest/globals';
import { of, range, toArray, lastValueFrom } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { mergeMapInSlots, type Slots } from './merge-map-in-slots.js';

class CountedSlots implements Slots<string> {
  readonly returned: (string | undefined)[] = [];
  private whenFree: (() => void) | undefined;

  constructor(public free: number) {}

  tryTake(whenFree: () => void): boolean {
    this.whenFree = whenFree;
    if (this.free === 0) return false;
    this.free -= 1;
    return true;
  }

  giveBack(last: string | undefined): void {
    this.returned.push(last);
    this.free += 1;
  }

  grow(): void {
    this.free += 1;
    this.whenFree?.();
  }
}

function marbles(run: Parameters<TestScheduler['run']>[0]): void {
  new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  }).run(run);
}

describe('mergeMapInSlots', () => {
  it('runs no more inners than there are slots and keeps the order of waiting values', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const slots = new CountedSlots(1);
      const source = hot('  -abc--------|');
      const result = source.pipe(
        mergeMapInSlots(slots, (value) => cold('--(r|)', { r: value.toUpperCase() })),
      );
      expectObservable(result).toBe('---A-B-C----|');
    });
  });

  it('starts a waiting value when it is told that a slot has become free', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const slots = new CountedSlots(0);
      const source = hot('-a-------');
      hot('               ----g----').subscribe(() => {
        slots.grow();
      });
      const result = source.pipe(mergeMapInSlots(slots, () => cold('-(r|)')));
      expectObservable(result).toBe('-----r---');
    });
  });

  it('gives a slot back with the last value of its inner', async () => {
    const slots = new CountedSlots(2);
    await lastValueFrom(of('a', 'b').pipe(mergeMapInSlots(slots, (value) => of(`${value}1`, `${value}2`))));
    expect(slots.returned).toEqual(['a2', 'b2']);
    expect(slots.free).toBe(2);
  });

  it('works off what waits after the source has completed, and only then completes', () => {
    marbles(({ cold, hot, expectObservable }) => {
      const source = hot('(ab|)');
      const result = source.pipe(
        mergeMapInSlots(new CountedSlots(1), (value) => cold('---(r|)', { r: value })),
      );
      expectObservable(result).toBe('---a--(b|)');
    });
  });

  it('takes thousands of inners that end at once without recursion', async () => {
    const slots = new CountedSlots(1);
    const result = range(0, 20_000).pipe(
      mergeMapInSlots(slots, (value) => of(String(value))),
      toArray(),
    );
    expect(await lastValueFrom(result)).toHaveLength(20_000);
  });

  it('ends the inners and forgets what waits when it is unsubscribed', () => {
    marbles(({ cold, hot, expectSubscriptions, expectObservable }) => {
      const inner = cold('-----r|');
      const source = hot('ab-----');
      const result = source.pipe(mergeMapInSlots(new CountedSlots(1), () => inner));
      expectObservable(result, '---!').toBe('-------');
      expectSubscriptions(inner.subscriptions).toBe(['^--!']);
    });
  });

  it('passes on the error of the source', () => {
    marbles(({ hot, expectObservable }) => {
      const source = hot('--#');
      expectObservable(source.pipe(mergeMapInSlots(new CountedSlots(1), () => of('r')))).toBe('--#');
    });
  });
});
