import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { ManualClock } from '../../../test/support/clock.js';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import type { EndpointRegistry } from '../../delivery/endpoints/endpoint-registry.js';
import type { WebhookDeactivator } from '../../delivery/endpoints/webhook-deactivator.js';
import { Repeater } from '../../neo4j/repeater.js';
import type { HistoryRepository } from './history.neo4j.repository.js';
import { HistorySweeper, restMs } from './history-sweeper.js';

describe('restMs', () => {
  it.each([
    ['little is too much', 10, 1, 190],
    ['as much as can be borne is too much', 10, 200_000, 190],
    ['twice as much is too much', 10, 400_000, 95],
    ['no rest is as long as the batch', 10, 100_000_000, 10],
    ['nothing is too much', 10, 0, 190],
    ['the batch was slow', 60_000, 1, 5000],
  ])('when %s', (_, tookMs, excess, rest) => {
    expect(restMs(tookMs, excess)).toBe(rest);
  });
});

/** A clock whose wall clock somebody has set ahead. */
class SetAhead extends ManualClock {
  ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }

  override steady(): number {
    return super.now();
  }
}

describe('HistorySweeper', () => {
  const clock = new SetAhead();
  const asked: string[] = [];
  const fails = new Set<string>();
  const evict = async (webhookId: string): Promise<number> => {
    asked.push(webhookId);
    if (fails.has(webhookId)) throw new Error('no number');
    return 1;
  };
  const before: string[] = [];
  const repository: Partial<HistoryRepository> = {
    overfull: async () => ['a', 'b'].map((webhookId) => ({ webhookId, excess: 1, missedSince: null })),
    evictOldest: evict,
    evictBefore: async (webhookId, time) => {
      before.push(time);
      return evict(webhookId).then(() => 0);
    },
    purgeEvents: async () => 0,
    forgettable: async () => [],
  };
  const sweeper = new HistorySweeper(
    repository as HistoryRepository,
    { followProjects: async () => undefined } as WebhookDeactivator,
    { ids: () => ['a', 'b'] } as EndpointRegistry,
    clock,
    { ...DEFAULT_OPTIONS, maxDeliveryAgeDays: 1 },
    new Repeater(new VirtualTimeScheduler()),
  );

  it('loses no log to a wall clock that is set ahead', async () => {
    const day = 24 * 3600 * 1000;
    clock.ahead = 400 * day;
    await sweeper.sweep();
    const now = clock.steady();
    expect(before.map((time) => now - Date.parse(time))).toEqual([day, day]);
  });

  it('shortens the other logs where one cannot be shortened', async () => {
    clock.ahead = 0;
    clock.advance(10_000);
    fails.add('a');
    asked.length = 0;
    expect(await sweeper.sweep()).toBe(1);
    expect(asked).toEqual(['a', 'b', 'a', 'b']);
  });
});
