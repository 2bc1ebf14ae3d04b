import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../test/support/clock.js';
import type { WebhooksOptions } from '../../config/service-options.js';
import { GraphUnavailableError } from '../../neo4j/graph-errors.js';
import { ClaimsUnderWay } from '../dispatch/claims-under-way.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { SubscriptionRegistry } from '../subscriptions/subscription-registry.js';
import type { EventPlanner, Submission } from './event-planner.js';
import type { EventRecord, EventRepository } from './event.repository.js';
import type { NewEvent } from './new-event.js';
import { EventWriter } from './event-writer.js';

const PATIENCE_MS = 10_000;

let clock: ManualClock;
/** The patience of each write, and what becomes of it. */
let patiences: number[];
let writes: (() => void)[];
let writer: EventWriter;

const submission = (deadline: number): Submission => ({
  events: [{ id: null, idempotencyKey: null } as NewEvent],
  deadline,
});
const gone = (forMs: number) => (): never => {
  clock.advance(forMs);
  throw new GraphUnavailableError();
};

beforeEach(() => {
  clock = new ManualClock();
  patiences = [];
  writes = [];
  const repository: Partial<EventRepository> = {
    append: async (_records, _version, _instance, patience) => {
      patiences.push(patience);
      writes.shift()?.();
      return { kind: 'appended', created: 0 };
    },
  };
  const planner: Partial<EventPlanner> = {
    instanceId: 'i',
    planAll: (all) => ({
      results: all.map(() => [{ eventId: 'e', deliveryIds: [] }]),
      records: [{ id: 'e' } as EventRecord],
    }),
    letGo: () => undefined,
  };
  writer = new EventWriter(
    repository as EventRepository,
    planner as EventPlanner,
    { version: 1 } as SubscriptionRegistry,
    { takeNew: () => undefined } as unknown as Dispatcher,
    new ClaimsUnderWay(),
    clock,
    { ingestTimeoutSeconds: PATIENCE_MS / 1000 } as WebhooksOptions,
  );
});

describe('EventWriter', () => {
  it('accepts what has waited longer than a caller would wait for an absent Neo4j: a queue refuses nothing', async () => {
    const late = submission(1000);
    clock.advance(60_000);
    expect(await writer.write([late])).toEqual([[{ eventId: 'e', deliveryIds: [] }]]);
    expect(patiences).toEqual([PATIENCE_MS]);
  });

  it('refuses, while Neo4j is away, those whose time is over, and waits for it with the others', async () => {
    writes = [gone(PATIENCE_MS)];
    const [first, second] = await writer.write([submission(PATIENCE_MS), submission(PATIENCE_MS + 4000)]);
    expect(first).toBeInstanceOf(GraphUnavailableError);
    expect(second).toEqual([{ eventId: 'e', deliveryIds: [] }]);
    expect(patiences).toEqual([PATIENCE_MS, 4000]);
  });

  it('waits no longer than the next caller’s own time for a Neo4j that was away a moment ago', async () => {
    writes = [gone(PATIENCE_MS), gone(3000)];
    await writer.write([submission(PATIENCE_MS)]);
    expect(await writer.write([submission(PATIENCE_MS + 3000)])).toEqual([expect.any(GraphUnavailableError)]);
    expect(patiences).toEqual([PATIENCE_MS, 3000]);
  });

  it('forgets that Neo4j was away as soon as it answers', async () => {
    writes = [gone(PATIENCE_MS)];
    await writer.write([submission(PATIENCE_MS), submission(2 * PATIENCE_MS)]);
    clock.advance(60_000);
    expect(await writer.write([submission(1)])).toEqual([[{ eventId: 'e', deliveryIds: [] }]]);
  });
});
