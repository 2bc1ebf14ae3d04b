import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import { ManualClock } from '../../../test/support/clock.js';
import { Lanes } from './lanes.js';
import type { Lane } from './lane.js';
import { SlotPool } from './slot-pool.js';

function setUp(deliveryConcurrency: number) {
  const options = { ...DEFAULT_OPTIONS, deliveryConcurrency };
  const lanes = new Lanes(options, new ManualClock());
  return { slots: new SlotPool(options), lane: (id: string) => lanes.lane(id) };
}

const never = (): void => {
  throw new Error('was not to be called');
};

function take(slots: SlotPool, lane: Lane, whenFree = never): boolean {
  if (!slots.has(lane, whenFree)) return false;
  slots.take(lane);
  return true;
}

describe('SlotPool', () => {
  it('always has a first slot for a webhook, however many requests hang', () => {
    const { slots, lane } = setUp(2);
    for (const id of ['a', 'b', 'c', 'd', 'fresh']) expect(take(slots, lane(id))).toBe(true);
    expect(slots.inFlight).toBe(5);
  });

  it('keeps further slots within the common limit and calls the longest waiting when one is free', () => {
    const { slots, lane } = setUp(1);
    expect([take(slots, lane('a')), take(slots, lane('a'))]).toEqual([true, true]);
    const called: string[] = [];
    for (const id of ['b', 'c']) {
      const whenFree = (): void => {
        called.push(id);
        take(slots, lane(id));
      };
      expect([take(slots, lane(id)), take(slots, lane(id), whenFree)]).toEqual([true, false]);
    }
    slots.giveBack(lane('a'), true);
    expect(called).toEqual(['b']);
    expect(slots.inFlight).toBe(4);
  });

  it('calls nobody who no longer waits', () => {
    const { slots, lane } = setUp(0);
    take(slots, lane('a'));
    lane('a').inFlight += 1;
    expect(slots.has(lane('a'), never)).toBe(false);
    slots.forget(never);
    slots.giveBack(lane('a'), true);
    expect(lane('a').inFlight).toBe(1);
  });

  it('goes over ten thousand waiting lanes whose work ends at once without recursion', () => {
    const { slots, lane } = setUp(1);
    take(slots, lane('a'));
    take(slots, lane('a'));
    let served = 0;
    for (let n = 0; n < 10_000; n += 1) {
      const own = lane(`lane ${n}`);
      take(slots, own);
      slots.has(own, () => {
        served += 1;
        slots.take(own);
        slots.giveBack(own, true);
      });
    }
    slots.giveBack(lane('a'), true);
    expect(served).toBe(10_000);
  });
});
