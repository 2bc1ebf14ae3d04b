import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CircuitBreaker, type BreakerSettings } from './circuit-breaker.js';

const MAX_PAUSE_MS = 10_000;

function setUp(more: Partial<BreakerSettings> = {}) {
  const time = { ms: 0 };
  const settings = {
    threshold: 3,
    maxPauseMs: MAX_PAUSE_MS,
    jitter: 0,
    now: () => time.ms,
    random: () => 0.5,
  };
  return { time, breaker: new CircuitBreaker({ ...settings, ...more }) };
}

function fail(breaker: CircuitBreaker, times: number): boolean[] {
  return Array.from({ length: times }, () => breaker.failed('free'));
}

/** Lets each probe fail; answers the pauses before them. */
function pauses(breaker: CircuitBreaker, time: { ms: number }, count: number): number[] {
  return Array.from({ length: count }, () => {
    const pause = breaker.waitMs();
    time.ms += pause;
    expect(breaker.tryAcquire()).toBe('probe');
    expect(breaker.failed('probe')).toBe(false);
    return pause;
  });
}

describe('CircuitBreaker', () => {
  it('lets everything pass until so many failures came in a row', () => {
    const { breaker } = setUp();
    expect([breaker.tryAcquire(), breaker.tryAcquire()]).toEqual(['free', 'free']);
    expect(fail(breaker, 3)).toEqual([false, false, true]);
    expect([breaker.isOpen, breaker.tryAcquire()]).toEqual([true, undefined]);
  });

  it('begins to count anew with each success', () => {
    const { breaker } = setUp();
    fail(breaker, 2);
    expect(breaker.succeeded()).toBe(false);
    fail(breaker, 2);
    expect(breaker.isOpen).toBe(false);
  });

  it('lets one probe pass when its pause is over, and the pauses double up to the longest', () => {
    const { breaker, time } = setUp();
    fail(breaker, 3);
    expect(pauses(breaker, time, 6)).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  it('lets nothing else pass while a probe is under way', () => {
    const { breaker, time } = setUp();
    fail(breaker, 3);
    time.ms += 1000;
    expect([breaker.allows, breaker.tryAcquire(), breaker.allows, breaker.tryAcquire()]).toEqual([
      true,
      'probe',
      false,
      undefined,
    ]);
  });

  it('closes with any success, the probe’s or that of what was in flight, and begins small again', () => {
    const { breaker, time } = setUp();
    fail(breaker, 3);
    pauses(breaker, time, 3);
    expect(breaker.succeeded()).toBe(true);
    expect([breaker.isOpen, breaker.waitMs(), breaker.tryAcquire()]).toEqual([false, 0, 'free']);
    fail(breaker, 3);
    expect(breaker.waitMs()).toBe(1000);
  });

  it('makes no longer pause of what was in flight when it opened', () => {
    const { breaker, time } = setUp();
    fail(breaker, 3);
    expect(fail(breaker, 30)).not.toContain(true);
    expect(breaker.waitMs()).toBe(1000);
    time.ms += 1000;
    breaker.tryAcquire();
    fail(breaker, 1);
    expect(breaker.allows).toBe(false);
  });

  it('can be told not to wait for the pause', () => {
    const { breaker } = setUp();
    breaker.open();
    breaker.hasten();
    expect(breaker.tryAcquire()).toBe('probe');
  });

  it('never opens with a threshold of 0', () => {
    const { breaker } = setUp({ threshold: 0 });
    fail(breaker, 1000);
    expect(breaker.isOpen).toBe(false);
  });

  it.each([
    [0, 500],
    [0.5, 1000],
    [1, 1500],
  ])('spreads the pauses: %d of the dice makes %d ms', (dice, expected) => {
    const { breaker } = setUp({ jitter: 0.5, random: () => dice });
    breaker.open();
    expect(breaker.waitMs()).toBe(expected);
  });

  it('whatever happens: at most one probe at a time, no pause over the longest, and a success always closes it', () => {
    const step = fc.constantFrom('ask', 'answer-2xx', 'answer-5xx', 'wait');
    const run = (steps: string[], jitter: number, random: number): void => {
      const { breaker, time } = setUp({ jitter, random: () => random });
      const underWay: ('free' | 'probe')[] = [];
      for (const what of steps) {
        if (what === 'wait') time.ms += 700;
        else if (what === 'ask') {
          const may = breaker.allows;
          const permit = breaker.tryAcquire();
          expect(permit !== undefined).toBe(may);
          if (permit) underWay.push(permit);
        } else {
          const permit = underWay.shift();
          if (!permit) continue;
          if (what === 'answer-5xx') breaker.failed(permit);
          else {
            breaker.succeeded();
            expect(breaker.isOpen).toBe(false);
          }
        }
        expect(breaker.waitMs()).toBeLessThanOrEqual(MAX_PAUSE_MS);
        if (breaker.isOpen) {
          expect(underWay.filter((permit) => permit === 'probe').length).toBeLessThanOrEqual(1);
        }
      }
    };
    const dice = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.double({ min: 0, max: 1, noNaN: true }), dice, run),
      {
        seed: 5,
      },
    );
  });
});
