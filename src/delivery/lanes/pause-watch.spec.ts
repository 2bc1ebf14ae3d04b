import { expect, it } from '@jest/globals';
import { NEVER, VirtualTimeScheduler } from 'rxjs';
import { ManualClock } from '../../../test/support/clock.js';
import { toTimestamp } from '../../common/clock.js';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import { Repeater } from '../../neo4j/repeater.js';
import type { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import type { InstanceLease } from '../queue/instance-lease.js';
import type { WorkRepository } from '../queue/work.neo4j.repository.js';
import { Lanes } from './lanes.js';
import { PauseWatch } from './pause-watch.js';

const MINUTE_MS = 60_000;

it('believes no pause that is longer than there are: the clock was set back since, and the webhook goes on', async () => {
  const clock = new ManualClock();
  const lanes = new Lanes(DEFAULT_OPTIONS, clock);
  const ended: string[] = [];
  const pause = (webhookId: string, minutes: number) => ({
    webhookId,
    until: toTimestamp(clock.now() + minutes * MINUTE_MS),
    since: toTimestamp(clock.now() - MINUTE_MS),
  });
  const repository: Partial<WorkRepository> = {
    pauses: async () => [pause('a', 10), pause('b', 24 * 60)],
    endPause: async (webhookId) => void ended.push(webhookId),
  };
  const watch = new PauseWatch(
    repository as WorkRepository,
    lanes,
    { renewed$: NEVER } as unknown as EndpointRegistry,
    { isAlone: true } as InstanceLease,
    clock,
    new Repeater(new VirtualTimeScheduler()),
  );
  await watch.start();
  watch.stop();
  expect([lanes.waitMs('a'), lanes.waitMs('b'), ended]).toEqual([10 * MINUTE_MS, 0, ['b']]);
  expect(lanes.known('a')?.pause.askedForMs).toBe(MINUTE_MS);
});
