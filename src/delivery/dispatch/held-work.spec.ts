import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../common/clock.js';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import { CircuitBreakers } from '../breaker/circuit-breakers.js';
import { HeldWork } from './held-work.js';
import { SlotPool } from './slot-pool.js';

function setUp(maxRequestsPerSecond = 0) {
  const options = { ...DEFAULT_OPTIONS, maxRequestsPerSecond };
  const slots = new SlotPool(options);
  const breakers = new CircuitBreakers(options, new SystemClock());
  return { slots, breakers, held: new HeldWork(slots, options, breakers) };
}

/** A receiver that has answered often enough for the widest window. */
function warm(slots: SlotPool, webhookId: string): void {
  for (let i = 0; i < 10; i += 1) {
    slots.tryTake(webhookId, () => undefined);
    slots.giveBack(webhookId, true);
  }
}

function fill(held: HeldWork, webhookId: string, bytes: number): number {
  let count = 0;
  while (held.tryHold(webhookId, bytes)) count += 1;
  return count;
}

describe('HeldWork', () => {
  it('holds little of a webhook that has not answered yet, and much of one that answers', () => {
    const { slots, held } = setUp();
    expect(fill(held, 'new', 400)).toBe(2);
    warm(slots, 'fast');
    expect(fill(held, 'fast', 400)).toBe(2048);
  });

  it('holds no more than goes out within two seconds under a throttle', () => {
    const { slots, held } = setUp(10);
    warm(slots, 'fast');
    expect(fill(held, 'fast', 400)).toBe(20);
  });

  it('stays within its bytes, but always has room for two of a webhook', () => {
    const { slots, held } = setUp();
    for (const id of ['large', 'other']) warm(slots, id);
    expect(fill(held, 'large', 1024 * 1024)).toBe(64);
    expect(fill(held, 'other', 1024 * 1024)).toBe(2);
  });

  it('asks for few deliveries of a webhook whose bodies it does not know', () => {
    const { slots, held } = setUp();
    warm(slots, 'unknown');
    expect(held.free('unknown')).toBe(64);
    held.hold('unknown', 400);
    expect(held.free('unknown')).toBe(2047);
  });

  it('tells which webhook has room again, and gives back what it counted', () => {
    const { slots, held } = setUp();
    warm(slots, 'a');
    const freed: string[] = [];
    held.freed$.subscribe((id) => freed.push(id));
    for (let i = 0; i < 2000; i += 1) held.hold('a', 10);
    for (let i = 0; i < 2000; i += 1) held.letGo('a', 10);
    expect(new Set(freed)).toEqual(new Set(['a']));
    expect(held.size).toBe(0);
  });

  it('takes no new event of a webhook whose breaker is open, and claims one delivery of it at a time', () => {
    const { breakers, held } = setUp();
    breakers.openAll(['failing']);
    expect(held.tryHold('failing', 10)).toBe(false);
    expect(held.free('failing')).toBe(1);
    held.hold('failing', 10);
    expect(held.free('failing')).toBe(0);
    expect(held.tryHold('other', 10)).toBe(true);
  });

  it('holds nothing more once it is closed', () => {
    const { held } = setUp();
    held.close();
    expect(held.tryHold('a', 1)).toBe(false);
  });
});
