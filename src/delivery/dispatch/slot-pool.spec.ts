import { describe, expect, it } from '@jest/globals';
import type { WebhooksOptions } from '../../config/service-options.js';
import { SlotPool } from './slot-pool.js';

function pool(total: number, perWebhook: number): SlotPool {
  const options = { deliveryConcurrency: total, deliveryConcurrencyPerWebhook: perWebhook };
  return new SlotPool(options as WebhooksOptions);
}

const never = (): void => {
  throw new Error('was not to be called');
};

function take(slots: SlotPool, webhookId: string, times: number): number {
  let taken = 0;
  for (let i = 0; i < times; i += 1) if (slots.tryTake(webhookId, () => undefined)) taken += 1;
  return taken;
}

describe('SlotPool', () => {
  it('begins with one probe and doubles with each answer up to the limit of a webhook', () => {
    const slots = pool(100, 8);
    const windows = [1, 2, 3, 4, 5].map(() => {
      take(slots, 'a', 1);
      slots.giveBack('a', true);
      return slots.window('a');
    });
    expect(windows).toEqual([2, 4, 8, 8, 8]);
  });

  it('halves the window of a webhook that does not answer, down to one probe', () => {
    const slots = pool(100, 8);
    for (let i = 0; i < 3; i += 1) {
      take(slots, 'a', 1);
      slots.giveBack('a', true);
    }
    const windows = [1, 2, 3, 4].map(() => {
      take(slots, 'a', 1);
      slots.giveBack('a', false);
      return slots.window('a');
    });
    expect(windows).toEqual([4, 2, 1, 1]);
  });

  it('leaves the window as it is when nobody was asked', () => {
    const slots = pool(100, 8);
    take(slots, 'a', 1);
    slots.giveBack('a', true);
    take(slots, 'a', 1);
    slots.giveBack('a', null);
    expect(slots.window('a')).toBe(2);
  });

  it('always has a first slot for a webhook, however many requests hang', () => {
    const slots = pool(2, 8);
    for (const id of ['a', 'b', 'c', 'd']) expect(slots.tryTake(id, never)).toBe(true);
    expect(slots.tryTake('fresh', never)).toBe(true);
    expect(slots.inFlight).toBe(5);
  });

  it('keeps further slots within the common limit and calls the longest waiting when one is free', () => {
    const slots = pool(1, 8);
    for (const id of ['a', 'b', 'c']) {
      take(slots, id, 1);
      slots.giveBack(id, true);
    }
    expect(take(slots, 'a', 2)).toBe(2);
    const called: string[] = [];
    for (const id of ['b', 'c']) {
      expect(slots.tryTake(id, () => called.push(id))).toBe(true);
      expect(slots.tryTake(id, () => called.push(id))).toBe(false);
    }
    slots.giveBack('a', true);
    expect(called).toEqual(['b']);
  });
});
