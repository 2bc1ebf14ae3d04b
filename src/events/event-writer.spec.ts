import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../test/support/clock.js';
import type { WebhooksOptions } from '../config/service-options.js';
import { ConstraintViolationError, GraphUnavailableError } from '../neo4j/graph-errors.js';
import { ClaimsUnderWay } from '../delivery/queue/claim-release.js';
import type { Dispatcher } from '../delivery/lanes/dispatcher.js';
import type { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import type { EventPlanner } from './event-planner.js';
import type { EventRecord } from '../delivery/model/event-record.js';
import type { EventRepository } from './event.neo4j.repository.js';
import { EventWriter } from './event-writer.js';
import { type NewEvent, newSubmission, type Submission } from './new-event.js';

const TIMEOUT_MS = 10_000;

/** A graph in memory that does what a test tells it to. */
class TestGraph {
  /** What becomes of each write; one that is left out is committed. */
  scripts: ((ids: readonly string[], writeId: string) => void)[] = [];
  /** Events that are in the graph, with the write that brought them. */
  readonly stored = new Map<string, string>();
  readonly writes: (readonly string[])[] = [];
  silent = 0;
  /** How often it is silent when it is asked for events. */
  silences = 0;
  asked = 0;

  silentMs = (): number => this.silent;

  append: EventRepository['append'] = async (records, { writeId, patienceMs }) => {
    const ids = records.map(({ id }) => id);
    this.writes.push(ids);
    clock.advance(patienceMs);
    this.scripts.shift()?.(ids, writeId);
    if (this.isStale()) return { kind: 'stale' };
    this.commit(ids, writeId);
    return { kind: 'appended', created: 0 };
  };

  /** Whether a webhook is not there any more. */
  isStale = (): boolean => false;
  mended = 0;
  mendCounter = async (): Promise<void> => void (this.mended += 1);

  findKnown: EventRepository['findKnown'] = async (ids, _keys, patienceMs) => {
    this.asked += 1;
    clock.advance(patienceMs);
    if (this.silences-- > 0) throw new GraphUnavailableError();
    const found = ids.filter((id) => this.stored.has(id));
    const rest = { idempotencyKey: null, fingerprint: null, deliveryIds: [] };
    return found.map((eventId) => ({ eventId, ...rest, writeId: this.stored.get(eventId) ?? null }));
  };

  commit = (ids: readonly string[], writeId: string): void => {
    for (const id of ids) this.stored.set(id, writeId);
  };
}

let clock: ManualClock;
let graph: TestGraph;
let writer: EventWriter;
let fingerprint: string | null;
const reads: string[] = [];
const read = (what: string) => async (): Promise<void> => void reads.push(what);

const submission = (): Submission =>
  newSubmission([{ id: null, idempotencyKey: null } as NewEvent], clock.monotonic());
const gone = (): never => {
  throw new GraphUnavailableError();
};
const refused = (): never => {
  throw new Error('too large');
};
const taken = (): never => {
  throw new ConstraintViolationError(undefined);
};
const event = (eventId: string) => ({ eventId, deliveryIds: [] });
const unavailable = expect.any(GraphUnavailableError);

beforeEach(() => {
  clock = new ManualClock();
  graph = new TestGraph();
  fingerprint = null;
  reads.length = 0;
  let planned = 0;
  const planner: Partial<EventPlanner> = {
    instanceId: 'i',
    planAll: (all) => {
      const ids = all.map(() => `e${++planned}`);
      return {
        results: ids.map((eventId) => [{ eventId, deliveryIds: [] }]),
        records: ids.map((id) => ({ id, fingerprint, deliveries: [] }) as unknown as EventRecord),
      };
    },
    letGo: () => undefined,
  };
  writer = new EventWriter(
    graph as unknown as EventRepository,
    planner as EventPlanner,
    { version: 1, refresh: read('changes'), reread: read('all') } as unknown as EndpointRegistry,
    { takeNew: () => undefined, claims: new ClaimsUnderWay() } as unknown as Dispatcher,
    clock,
    { ingestTimeoutSeconds: TIMEOUT_MS / 1000 } as WebhooksOptions,
  );
});

describe('EventWriter', () => {
  it('writes what has waited for minutes: a queue refuses nothing', async () => {
    const late = submission();
    clock.advance(600_000);
    expect(await writer.write([late])).toEqual([[event('e1')]]);
  });

  it('writes nothing of a caller that was refused, and goes on with the others', async () => {
    const [first, second] = [submission(), submission()];
    first.isWithdrawn = true;
    expect(await writer.write([first, second])).toEqual([unavailable, [event('e1')]]);
    const third = submission();
    graph.scripts = [
      () => {
        third.isWithdrawn = true;
        gone();
      },
    ];
    expect(await writer.write([third, submission()])).toEqual([unavailable, [event('e4')]]);
    expect([...graph.stored.keys()]).toEqual(['e1', 'e4']);
  });

  it('says of a submission that it is in doubt while its commit is under way, and only then', async () => {
    const [one, seen] = [submission(), [] as boolean[]];
    graph.scripts = [
      () => {
        seen.push(one.isInDoubt);
        gone();
      },
    ];
    graph.silences = 0;
    const asked = graph.findKnown;
    graph.findKnown = async (...parameters) => {
      seen.push(one.isInDoubt);
      return asked(...parameters);
    };
    await writer.write([one]);
    seen.push(one.isInDoubt);
    expect(seen).toEqual([true, true, false]);
  });

  it('sends nothing to a Neo4j that is silent: it asks first', async () => {
    graph.silent = 5000;
    graph.silences = 3;
    const one = submission();
    expect(await writer.write([one])).toEqual([[event('e1')]]);
    expect([graph.asked, graph.writes.length]).toEqual([4, 1]);
  });

  it('tries again for as long as callers wait while nobody hears of Neo4j', async () => {
    graph.scripts = Array.from({ length: 60 }, () => () => {
      graph.silent += 2000;
      gone();
    });
    expect(await writer.write([submission()])).toEqual([[event('e61')]]);
  });

  it('writes nothing a second time, under other ids, that was committed before Neo4j fell silent', async () => {
    graph.scripts = [
      (ids, writeId) => {
        graph.commit(ids, writeId);
        gone();
      },
    ];
    graph.silences = 2;
    expect(await writer.write([submission(), submission()])).toEqual([[event('e1')], [event('e2')]]);
    expect(graph.writes).toHaveLength(1);
  });

  it('takes only its own write for its own: another instance may have used the same id', async () => {
    fingerprint = 'f';
    graph.scripts = [
      (ids) => {
        graph.commit(ids, 'another write');
        taken();
      },
    ];
    expect(await writer.write([submission(), submission()])).toEqual([[event('e3')], [event('e4')]]);
    graph.scripts = [
      (ids, writeId) => {
        graph.commit(ids, writeId);
        taken();
      },
    ];
    expect(await writer.write([submission()])).toEqual([[event('e5')]]);
  });

  it('fails only what Neo4j refuses: the others of its group are written', async () => {
    graph.scripts = [refused, () => undefined, refused, refused, () => undefined];
    const results = await writer.write([submission(), submission(), submission()]);
    expect(results).toEqual([[event('e4')], new Error('too large'), [event('e7')]]);
  });

  it('mends its counter once before it fails anybody: somebody may have spoiled that', async () => {
    graph.scripts = [refused];
    expect(await writer.write([submission()])).toEqual([[event('e2')]]);
    graph.scripts = [refused, refused];
    expect(await writer.write([submission()])).toEqual([new Error('too large')]);
    expect(graph.mended).toBe(2);
  });

  it('reads all webhooks again when one of them is gone without a word: no event waits for minutes', async () => {
    graph.isStale = () => !reads.includes('all');
    expect(await writer.write([submission()])).toEqual([[event('e3')]]);
    expect(reads).toEqual(['changes', 'all']);
  });

  it('gives up on what Neo4j cannot do although it works for others, and says that it is not stored', async () => {
    graph.scripts = Array.from({ length: 40 }, () => gone);
    const one = submission();
    const [result] = await writer.write([one]);
    expect(result).toMatchObject({ code: 'graph_unavailable', members: {} });
    expect(one.isInDoubt).toBe(false);
    graph.scripts = [];
    expect(await writer.write([submission()])).toEqual([[expect.anything()]]);
  });

  it('does not try for ever what is taken each time', async () => {
    fingerprint = 'f';
    graph.scripts = Array.from({ length: 5 }, () => taken);
    expect(await writer.write([submission()])).toEqual([expect.any(ConstraintViolationError)]);
  });
});
