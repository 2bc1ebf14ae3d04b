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
/** Ids of the events that are in the graph. */
let stored: string[];
/** How often Neo4j is silent when it is asked for them. */
let silences: number;
let writer: EventWriter;

const submission = (deadline: number): Submission => ({
  events: [{ id: null, idempotencyKey: null } as NewEvent],
  deadline,
});
const gone = (forMs: number) => (): never => {
  clock.advance(forMs);
  throw new GraphUnavailableError();
};
/** The commit goes through, its answer does not. */
const committed = (): never => {
  stored = ['e1', 'e2', 'e3'];
  return gone(PATIENCE_MS)();
};
const event = (eventId: string) => ({ eventId, deliveryIds: [] });

beforeEach(() => {
  clock = new ManualClock();
  patiences = [];
  writes = [];
  stored = [];
  silences = 0;
  let planned = 0;
  const repository: Partial<EventRepository> = {
    append: async (_records, _version, _instance, patience) => {
      patiences.push(patience);
      writes.shift()?.();
      return { kind: 'appended', created: 0 };
    },
    findKnown: async (ids, _keys, patience) => {
      if (silences-- > 0) gone(patience)();
      return ids
        .filter((id) => stored.includes(id))
        .map((eventId) => ({ eventId, idempotencyKey: null, fingerprint: null, deliveryIds: [] }));
    },
  };
  const planner: Partial<EventPlanner> = {
    instanceId: 'i',
    planAll: (all) => {
      const ids = all.map(() => `e${++planned}`);
      return {
        results: ids.map((eventId) => [{ eventId, deliveryIds: [] }]),
        records: ids.map((id) => ({ id, fingerprint: null, deliveries: [] }) as unknown as EventRecord),
      };
    },
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
    expect(await writer.write([late])).toEqual([[event('e1')]]);
    expect(patiences).toEqual([PATIENCE_MS]);
  });

  it('refuses, while Neo4j is away, those whose time is over, and waits for it with the others', async () => {
    writes = [gone(PATIENCE_MS)];
    const [first, second] = await writer.write([submission(PATIENCE_MS), submission(PATIENCE_MS + 4000)]);
    expect(first).toBeInstanceOf(GraphUnavailableError);
    expect(second).toEqual([event('e3')]);
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
    expect(await writer.write([submission(1)])).toEqual([[event('e4')]]);
  });

  it('writes nothing a second time, under other ids, that was committed before Neo4j fell silent', async () => {
    writes = [committed];
    const results = await writer.write([0, 5000, 6000].map((more) => submission(PATIENCE_MS + more)));
    expect(results).toEqual([expect.any(GraphUnavailableError), [event('e2')], [event('e3')]]);
    expect(patiences).toHaveLength(1);
  });

  it('asks again about a transaction in doubt when Neo4j was silent meanwhile', async () => {
    writes = [committed];
    silences = 1;
    const results = await writer.write([0, 5000, 9000].map((more) => submission(PATIENCE_MS + more)));
    const unavailable = expect.any(GraphUnavailableError);
    expect(results).toEqual([unavailable, unavailable, [event('e3')]]);
    expect(patiences).toHaveLength(1);
  });
});
