import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, Subject } from 'rxjs';
import { until } from '../../../test/support/until.js';
import { SystemClock } from '../../common/clock.js';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import { EventBody } from '../model/event-record.js';
import type { InstanceLease } from '../queue/instance-lease.js';
import type { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import { Repeater } from '../../neo4j/repeater.js';
import { ClaimPlan } from './claim-plan.js';
import { ClaimsUnderWay } from '../queue/claim-release.js';
import type { Dispatcher } from './dispatcher.js';
import { DueIndex } from '../queue/due-index.js';
import { DueWork } from './due-work.js';
import type { Demand, DueDelivery, HeldDelivery, Wanted } from '../model/queued-delivery.js';
import { MemoryBudget } from './memory-budget.js';
import { Lanes } from './lanes.js';
import type { WorkRepository } from '../queue/work.neo4j.repository.js';

const MIB = 1024 * 1024;
const NOW = '2026-01-01T00:00:00.000Z';

/** A queue in memory instead of the graph, and what each claim of it read. */
class Queue {
  readonly reads: number[] = [];
  constructor(private waiting: DueDelivery[]) {}

  get length(): number {
    return this.waiting.length;
  }

  due = async (demands: readonly Demand[]): Promise<DueDelivery[]> =>
    demands.flatMap(({ webhookId, count }) =>
      this.waiting.filter((one) => one.webhookId === webhookId).slice(0, count),
    );

  claim = async (wanted: readonly Wanted[], _now: string, claimedBy: string): Promise<HeldDelivery[]> => {
    const ids = new Set(wanted.map(({ id }) => id));
    this.waiting = this.waiting.filter(({ id }) => !ids.has(id));
    const unread = new Map(wanted.filter(({ body }) => !body).map(({ eventId, bytes }) => [eventId, bytes]));
    this.reads.push([...unread.values()].reduce((sum, bytes) => sum + bytes, 0));
    const rest = {
      claimedBy,
      event: 'x',
      projectId: null,
      createdAt: NOW,
      dueAt: NOW,
      attempts: 0,
      attemptBase: 0,
      generation: 0,
      single: false,
      manual: false,
    };
    return wanted.map(({ body, ...one }) => ({ ...one, ...rest, body: body ?? new EventBody('{}') }));
  };

  deletedWebhooks = async (): Promise<string[]> => [];

  nextDue = async (ids: readonly string[]) =>
    ids
      .filter((webhookId) => this.waiting.some((one) => one.webhookId === webhookId))
      .map((webhookId) => ({ webhookId, at: NOW }));
}

/** Works off `waiting` with a receiver that takes each at once; answers what each claim read, and the most held. */
async function drain(waiting: DueDelivery[]): Promise<{ reads: number[]; most: number }> {
  const options = { ...DEFAULT_OPTIONS, maxRequestsPerSecond: 0 };
  const lanes = new Lanes(options, new SystemClock());
  const dueTimes = new DueIndex();
  const held = new MemoryBudget(lanes, dueTimes);
  const queue = new Queue(waiting);
  const inMemory = new Map<string, number>();
  let most = 0;
  const enqueue = ({ id, webhookId, eventId, ...one }: HeldDelivery): void => {
    const { bytes } = one as unknown as DueDelivery;
    inMemory.set(id, bytes);
    most = Math.max(
      most,
      [...inMemory.values()].reduce((sum, each) => sum + each, 0),
    );
    setTimeout(() => {
      inMemory.delete(id);
      held.letGo(webhookId, eventId);
    }, 5);
  };
  const clock = new SystemClock();
  const registry = {
    ids: () => new Set(waiting.map(({ webhookId }) => webhookId)),
    get: () => ({ active: true, locked: false }),
  } as unknown as EndpointRegistry;
  const work = new DueWork(
    queue as unknown as WorkRepository,
    { enqueue, claims: new ClaimsUnderWay() } as unknown as Dispatcher,
    new ClaimPlan(dueTimes, held, registry, lanes, clock),
    { id: 'me', isHeld: () => true, takenOver$: new Subject() } as unknown as InstanceLease,
    clock,
    new Repeater(asyncScheduler),
  );
  work.start();
  await until(() => queue.length === 0 && inMemory.size === 0, 'everything is worked off');
  await work.stop();
  return { reads: queue.reads, most };
}

const large = (webhooks: number, each: number, bytes: number): DueDelivery[] =>
  Array.from({ length: webhooks * each }, (_, i) => ({
    id: `d${i}`,
    webhookId: `w${i % webhooks}`,
    eventId: `e${i}`,
    bytes,
  }));

describe('DueWork', () => {
  it('works off bodies of 15 MiB of 150 webhooks within its memory, and reads one of them at a time', async () => {
    const { reads, most } = await drain(large(150, 2, 15 * MIB));
    expect(reads).toHaveLength(300);
    expect(Math.max(...reads)).toBe(15 * MIB);
    expect(most).toBeLessThanOrEqual(64 * MIB + 15 * MIB);
  });

  it('works off a body that is larger than all room, one at a time', async () => {
    const { most } = await drain(large(3, 2, 200 * MIB));
    expect(most).toBe(200 * MIB);
  });

  it('reads a body once that many webhooks are to get', async () => {
    const shared = large(100, 1, 15 * MIB).map((one) => ({ ...one, eventId: 'e' }));
    expect((await drain(shared)).reads).toEqual([15 * MIB]);
  });
});
