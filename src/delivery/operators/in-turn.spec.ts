import { describe, expect, it } from '@jest/globals';
import { TestScheduler } from 'rxjs/testing';
import { RateGate } from '../throttle/rate-gate.js';
import { inTurn } from './in-turn.js';

function marbles(
  run: (helpers: Parameters<Parameters<TestScheduler['run']>[0]>[0], gate: RateGate) => void,
): void {
  const scheduler = new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
  scheduler.run((helpers) => {
    run(helpers, new RateGate(100, scheduler, () => scheduler.now()));
  });
}

describe('inTurn', () => {
  it('spaces a burst evenly and drops nothing', () => {
    marbles(({ hot, expectObservable }, gate) => {
      expectObservable(hot('(abc|)').pipe(inTurn(gate, 'x'))).toBe('a 9ms b 9ms (c|)');
    });
  });

  it('lets a value through at once when the last one is long ago', () => {
    marbles(({ hot, expectObservable }, gate) => {
      expectObservable(hot('a 19ms b').pipe(inTurn(gate, 'x'))).toBe('a 19ms b');
    });
  });

  it('lets lanes take turns, so that a long queue of one does not hold up another', () => {
    marbles(({ hot, expectObservable }, gate) => {
      const long = hot('(abcd)').pipe(inTurn(gate, 'long'));
      const short = hot('-s').pipe(inTurn(gate, 'short'));
      expectObservable(long).toBe('a 9ms b 19ms c 9ms d');
      expectObservable(short).toBe('20ms s');
    });
  });

  it('gives up its place when it is unsubscribed', () => {
    marbles(({ hot, expectObservable }, gate) => {
      expectObservable(hot('(ab)').pipe(inTurn(gate, 'x')), '5ms !').toBe('a');
      expectObservable(hot('-s').pipe(inTurn(gate, 'y'))).toBe('10ms s');
    });
  });
});
