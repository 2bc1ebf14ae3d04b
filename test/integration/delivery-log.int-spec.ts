import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import neo4j, { type Driver, type QueryResult } from 'neo4j-driver';
import { v7 as uuidv7 } from 'uuid';
import { LIST_BY_STATUS } from '../../src/history/log/delivery-log.cypher.js';
import { DeliveryLog } from '../../src/history/log/delivery-log.neo4j.repository.js';
import { logParameters } from '../../src/history/log/log-query.js';
import { Neo4jGraph } from '../../src/neo4j/neo4j-graph.js';
import { type NextTries, OldestDue } from '../../src/delivery/lanes/due-outlook.neo4j.repository.js';
import type { Lanes } from '../../src/delivery/lanes/lanes.js';
import type { Endpoint } from '../../src/delivery/model/endpoint.js';
import type { EndpointRegistry } from '../../src/delivery/endpoints/endpoint-registry.js';
import { migrateSchema } from '../../src/neo4j/schema/schema-migrator.js';
import { ManualClock } from '../support/clock.js';
import { testConnection } from '../support/connection.js';
import { Graph } from '../support/graph.js';

const MANY = 10_050;
const CREATED_AT = '2026-01-01T00:00:00.000Z';
const CREATE = `
CREATE (event:WebhookEvent {id: 'log-event', body: '{}'})
CREATE (:Webhook {id: 'log-webhook', delivery_count: $many})
CREATE (:WebhookTally {id: 'log-webhook', successes: $many - 10, failures: 5, kept: $many - 5})
WITH event
UNWIND range(0, $many - 1) AS i
CREATE (:WebhookDelivery {
  id: $ids[i], webhook_id: 'log-webhook', event_id: 'log-event', event: 'entity.created', project_id: 'many',
  attempts: 0, created_at: $created_at,
  status: CASE WHEN i < 5 THEN 'pending' WHEN i < 10 THEN 'failed' ELSE 'success' END
})
`;

let driver: Driver;
let graph: Neo4jGraph;
let log: DeliveryLog;

beforeAll(async () => {
  const wiped = Graph.open();
  await wiped.wipe();
  await wiped.close();
  const { uri, user, password } = testConnection();
  driver = neo4j.driver(uri, neo4j.auth.basic(user, password), { disableLosslessIntegers: true });
  graph = new Neo4jGraph(driver, { database: undefined, patienceMs: 10_000 });
  await migrateSchema(graph);
  log = new DeliveryLog(graph, { at: (_, dueAt) => dueAt } as NextTries);
  const msecs = Date.parse(CREATED_AT);
  const ids = Array.from({ length: MANY }, (_, i) => uuidv7({ msecs: msecs + i }));
  await graph.write(CREATE, { ids, many: MANY, created_at: CREATED_AT });
});
afterAll(async () => {
  await graph.write("MATCH (n) WHERE n.id STARTS WITH 'log-' OR n.project_id = 'many' DETACH DELETE n");
  await driver.close();
});

describe('the delivery that waits the longest', () => {
  const webhook = (webhookId: string, more: object = {}) =>
    ({ webhookId, active: true, locked: false, ...more }) as Endpoint;
  const dueAmong = (targets: Endpoint[], open: readonly string[] = []) => {
    const registry = { all: () => targets } as EndpointRegistry;
    const known = (id: string) => (open.includes(id) ? { isClear: true } : { isClear: false });
    const lanes = { known: (id: string) => (open.includes('*') ? undefined : known(id)) } as Lanes;
    return new OldestDue(graph, registry, lanes, clock);
  };
  const clock = new ManualClock(Date.parse('2026-01-01T00:10:00Z'));

  beforeAll(async () => {
    await graph.write(
      `UNWIND [['log-a', '03'], ['log-a', '02'], ['log-b', '01'], ['log-c', '11']] AS due
       CREATE (:WebhookDelivery {id: 'log-due-' + due[1], queue: due[0],
         next_attempt_at: '2026-01-01T00:' + due[1] + ':00.000Z'})`,
    );
  });

  afterAll(() => graph.write("MATCH (n:WebhookDelivery) WHERE n.id STARTS WITH 'log-due-' DELETE n"));

  it('is that of all webhooks whose deliveries go', async () => {
    const at = (targets: Endpoint[], open = ['*']) => dueAmong(targets, open).at();
    const [a, b, c] = [webhook('log-a'), webhook('log-b'), webhook('log-c')];
    expect(await at([a, b, c])).toBe('2026-01-01T00:01:00.000Z');
    expect(await at([a, b, c], ['log-a', 'log-c'])).toBe('2026-01-01T00:02:00.000Z');
    expect(await at([a, webhook('log-b', { active: false }), c])).toBe('2026-01-01T00:02:00.000Z');
    expect(await at([webhook('log-a', { locked: true }), c])).toBeNull();
    expect(await at([])).toBeNull();
  });

  it('is asked for every ten seconds at most', async () => {
    const targets = [webhook('log-a')];
    const oldest = dueAmong(targets, ['*']);
    const first = await oldest.at();
    targets.push(webhook('log-b'));
    expect(await oldest.at()).toBe(first);
    clock.advance(10_000);
    expect(await oldest.at()).toBe('2026-01-01T00:01:00.000Z');
  });
});

type Profile = Exclude<QueryResult['summary']['profile'], false>;

/** Deliveries that were read from the index. */
function readOf({ operatorType, rows, children }: Profile): number {
  const own = operatorType.startsWith('NodeIndexSeek') ? rows : 0;
  return children.reduce((sum, child) => sum + readOf(child), own);
}

describe('a log of many deliveries', () => {
  it('lets a migration count what older versions did not', async () => {
    await graph.write("MATCH (m:WebhookSchemaMigration {id: '002-delivery-log.cypher'}) DELETE m");
    await migrateSchema(graph);
    const [tally] = await graph.read(
      "MATCH (t:WebhookTally {id: 'log-webhook'}) RETURN t.kept_successes AS n",
    );
    expect(tally).toEqual({ n: MANY - 10 });
  });

  it.each([
    ['all', {}, MANY, false],
    ['a webhook', { webhookId: 'log-webhook' }, MANY, false],
    ['another webhook', { webhookId: 'nobody' }, 0, false],
    ['what succeeded', { status: 'success' }, MANY - 10, false],
    ['what failed', { webhookId: 'log-webhook', status: 'failed' }, 5, false],
    ['what waits', { status: 'pending' }, 5, false],
    ['a project', { projectId: 'many' }, 10_000, true],
    ['an event type', { event: 'entity.created' }, 10_000, true],
    ['what succeeded of a project', { projectId: 'many', status: 'success' }, 10_000, true],
    ['what failed of a project', { projectId: 'many', status: 'failed' }, 5, false],
    ['a time', { since: CREATED_AT }, 10_000, true],
    ['a time before', { until: CREATED_AT }, 0, false],
  ] as const)('counts %s', async (_, filter, total, totalCapped) => {
    const page = await log.list(filter, { limit: 3 });
    expect(page).toMatchObject({ total, totalCapped });
    expect(page.items).toHaveLength(Math.min(3, total));
  });

  it('pages through a filter to its end, newest first, each once', async () => {
    const filter = { projectId: 'many', event: 'entity.created' };
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await log.list(filter, after === undefined ? { limit: 5000 } : { limit: 5000, after });
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      after = page.nextCursor;
    }
    expect(seen).toHaveLength(MANY);
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
  });

  it('lists by status over many webhooks without reading a page of each', async () => {
    const [webhooks, failed, limit] = [100, 60, 51];
    const ids = Array.from({ length: webhooks * failed }, (_, i) =>
      uuidv7({ msecs: Date.parse(CREATED_AT) + 100_000 + i }),
    );
    await graph.write(
      `UNWIND range(0, $webhooks - 1) AS w CREATE (:WebhookTally {id: 'log-' + w, kept: 0, kept_successes: 0})
       WITH w UNWIND range(0, $failed - 1) AS f
       CREATE (:WebhookDelivery {id: $ids[toInteger(f * $webhooks + w)], webhook_id: 'log-' + w,
         event_id: 'log-event', event: 'entity.created', project_id: 'many', status: 'failed', attempts: 1,
         created_at: $at})`,
      { webhooks, failed, ids, at: CREATED_AT },
    );
    const page = await log.list({ status: 'failed' }, { limit: limit - 1 });
    expect(page.items.map(({ id }) => id)).toEqual([...ids].reverse().slice(0, limit - 1));
    const parameters = { ...logParameters({ status: 'failed' }), limit: neo4j.int(limit) };
    const session = driver.session();
    const { summary } = await session.run(`PROFILE ${LIST_BY_STATUS}`, parameters);
    await session.close();
    expect(readOf(summary.profile as Profile)).toBeLessThanOrEqual(webhooks + 1 + limit * limit);
  });
});
