import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../test/support/clock.js';
import { PaceGate, Paces } from './paces.js';

describe('the pace of a webhook', () => {
  let now = 0;
  const gate = (perSecond: number, burst: number): PaceGate => new PaceGate(perSecond, burst, () => now);

  it('lets requests start at even distances', () => {
    const pace = gate(2, 1);
    expect(pace.waitMs).toBe(0);
    pace.take();
    expect(pace.waitMs).toBe(500);
    now += 500;
    expect(pace.waitMs).toBe(0);
  });

  it('lets a burst go after a rest, and then one by one', () => {
    const pace = gate(0.5, 3);
    for (let n = 0; n < 3; n += 1) {
      expect(pace.waitMs).toBe(0);
      pace.take();
    }
    expect(pace.waitMs).toBe(2000);
    now += 2000;
    pace.take();
    expect(pace.waitMs).toBe(2000);
    expect(pace.isRested).toBe(false);
    now += 6000;
    expect(pace.isRested).toBe(true);
  });

  it('gives nothing for a rest that was longer than a burst', () => {
    const pace = gate(1, 2);
    pace.take();
    now += 60_000;
    pace.take();
    pace.take();
    expect(pace.waitMs).toBe(1000);
  });
});

describe('a receiver that wants less', () => {
  it('gets less, from when it says so, and never more than its webhook allows', () => {
    const clock = new ManualClock();
    let allowed = Infinity;
    const paces = new Paces(clock, { allowedPerSecond: () => allowed });
    const own = { key: 'w', perSecond: Infinity, burst: 1 };
    for (let n = 0; n < 3; n += 1) paces.take(own);
    expect(paces.waitMs(own)).toBe(0);
    allowed = 2;
    expect(paces.waitMs(own)).toBe(0);
    paces.take(own);
    expect(paces.waitMs(own)).toBe(500);
    const slower = { ...own, key: 'v', perSecond: 1 };
    paces.take(slower);
    expect(paces.waitMs(slower)).toBe(1000);
  });
});
