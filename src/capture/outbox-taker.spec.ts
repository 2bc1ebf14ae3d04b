import { describe, expect, it } from '@jest/globals';
import type { MemoryBudget } from '../delivery/lanes/memory-budget.js';
import type { Dispatcher } from '../delivery/lanes/dispatcher.js';
import type { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import type { EventPlanner } from '../events/event-planner.js';
import type { EventRepository } from '../events/event.neo4j.repository.js';
import type { NewEvent } from '../events/new-event.js';
import { OutboxTaker } from './outbox-taker.js';

const EVENT: NewEvent = {
  ...{ event: 'entity.created', projectId: null, dataJson: '{}', timestamp: null },
  ...{ id: null, idempotencyKey: null },
};
const ROW = { node: '4:1', id: 'row' };

/** What it asks of the others, in their order. */
function setUp() {
  const asked: string[] = [];
  const noted = <T>(what: string, answer: T): T => {
    asked.push(what);
    return answer;
  };
  const plan = { results: [{ eventId: 'e', deliveryIds: [] }], records: [] };
  const taker = new OutboxTaker(
    { instanceId: 'i', planAll: () => noted('plan', plan) } as unknown as EventPlanner,
    {
      append: async () => noted('append', { kind: 'appended', created: 0 }),
    } as unknown as EventRepository,
    { version: 1 } as EndpointRegistry,
    {
      claims: { during: (work: () => unknown) => work() },
      takeNew: () => noted('send', undefined),
    } as unknown as Dispatcher,
    { untilHolds: async () => noted('room', undefined) } as unknown as MemoryBudget,
  );
  return { taker, asked };
}

describe('OutboxTaker', () => {
  it('waits for room in memory before it matches events, which take that room', async () => {
    const { taker, asked } = setUp();
    expect(await taker.takeAll([ROW], [EVENT])).toBe(1);
    expect(asked.splice(0)).toEqual(['room', 'plan', 'append', 'send']);
    expect(await taker.takeEach([{ row: ROW, event: EVENT }])).toEqual({ rows: 1, rejections: [] });
    expect(asked).toEqual(['room', 'plan', 'append', 'send']);
  });
});
