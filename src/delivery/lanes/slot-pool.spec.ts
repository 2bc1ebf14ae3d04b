import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import { SlotPool, Window } from './slot-pool.js';

function setUp(deliveryConcurrency: number) {
  const options = { ...DEFAULT_OPTIONS, deliveryConcurrency };
  const lanes = new Map<string, Window>();
  const lane = (id: string): Window => {
    const window = lanes.get(id) ?? new Window(options.deliveryConcurrencyPerWebhook);
    lanes.set(id, window);
    return window;
  };
  return { slots: new SlotPool(options), lane };
}

const never = (): void => {
  throw new Error('was not to be called');
};

function take(slots: SlotPool, lane: Window, whenFree = never): boolean {
  if (!slots.has(lane)) {
    slots.wait(whenFree);
    return false;
  }
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
    expect(take(slots, lane('a'), never)).toBe(false);
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
      slots.wait(() => {
        served += 1;
        slots.take(own);
        slots.giveBack(own, true);
      });
    }
    slots.giveBack(lane('a'), true);
    expect(served).toBe(10_000);
  });
});
