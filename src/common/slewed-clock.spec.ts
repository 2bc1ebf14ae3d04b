import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SlewedClock } from './slewed-clock.js';

const HOUR = 3_600_000;

/** A wall clock that can be set, beside a monotonic one that cannot. */
class Clocks {
  monotonic = 500;
  wall = 1_000_000_000;
  slept = 0;
  readonly steady = new SlewedClock(
    () => this.wall,
    () => this.monotonic,
    () => 10_000 + this.monotonic + this.slept,
  );

  pass(ms: number): void {
    this.monotonic += ms;
    this.wall += ms;
  }
}

describe('SlewedClock', () => {
  it('is the wall clock as long as that does not jump', () => {
    const clocks = new Clocks();
    for (const ms of [0, 1, 250, HOUR]) {
      clocks.pass(ms);
      expect(clocks.steady.now()).toBe(clocks.wall);
    }
  });

  it('runs at double speed after a jump ahead, until it has made up for it', () => {
    const clocks = new Clocks();
    clocks.wall += HOUR;
    expect(clocks.steady.now()).toBe(clocks.wall - HOUR);
    clocks.pass(1000);
    expect(clocks.steady.now()).toBe(clocks.wall - HOUR + 1000);
    clocks.pass(2 * HOUR);
    expect(clocks.steady.now()).toBe(clocks.wall);
  });

  it('runs at half speed after a jump back, and never backwards', () => {
    const clocks = new Clocks();
    const before = clocks.steady.now();
    clocks.wall -= HOUR;
    expect(clocks.steady.now()).toBe(before);
    clocks.pass(1000);
    expect(clocks.steady.now()).toBe(before + 500);
    clocks.pass(2 * HOUR);
    expect(clocks.steady.now()).toBe(clocks.wall);
  });

  it('knows at once how long the machine has slept, and from a jump in the same moment', () => {
    const clocks = new Clocks();
    clocks.pass(5000);
    clocks.slept += HOUR;
    clocks.wall += HOUR;
    clocks.pass(10);
    expect(clocks.steady.now()).toBe(clocks.wall);
    clocks.pass(5000);
    clocks.slept += HOUR;
    clocks.wall += 3 * HOUR;
    clocks.pass(10);
    expect(clocks.steady.now()).toBeGreaterThanOrEqual(clocks.wall - 2 * HOUR);
    expect(clocks.steady.now()).toBeLessThan(clocks.wall - 2 * HOUR + 6000);
    clocks.pass(10);
    expect(clocks.steady.now()).toBeLessThan(clocks.wall - 2 * HOUR + 6000);
  });

  it('asks for the uptime once a second at most', () => {
    let asked = 0;
    let monotonic = 0;
    const clock = new SlewedClock(
      () => 1_000_000_000 + HOUR * Math.min(1, monotonic),
      () => monotonic,
      () => (asked++, monotonic),
    );
    for (; monotonic < 10_000; monotonic += 10) clock.now();
    expect(asked).toBeLessThanOrEqual(11);
  });

  it('moves by half to twice the time that passed, whatever the wall clock does', () => {
    const step = fc.record({ passed: fc.nat(HOUR), jump: fc.integer({ min: -HOUR, max: HOUR }) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const clocks = new Clocks();
        for (const { passed, jump } of steps) {
          const before = clocks.steady.now();
          clocks.pass(passed);
          clocks.wall += jump;
          const moved = clocks.steady.now() - before;
          expect(moved).toBeGreaterThanOrEqual(passed / 2);
          expect(moved).toBeLessThanOrEqual(passed * 2);
        }
      }),
    );
  });
});
