import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import neo4j, { type Driver } from 'neo4j-driver';
import { Neo4jWorkRepository } from '../../src/delivery/dispatch/work.neo4j.repository.js';
import { Neo4jRecoveryRepository } from '../../src/delivery/failing/recovery.neo4j.repository.js';
import { Neo4jGraph } from '../../src/neo4j/neo4j-graph.js';
import { migrateSchema } from '../../src/neo4j/schema/schema-migrator.js';
import { testConnection } from '../support/connection.js';
import { Graph } from '../support/graph.js';

const NOW = '2026-01-01T00:00:00.000Z';

let driver: Driver;
let raw: Graph;
let graph: Neo4jGraph;
let recovery: Neo4jRecoveryRepository;

beforeAll(async () => {
  const { uri, user, password } = testConnection();
  driver = neo4j.driver(uri, neo4j.auth.basic(user, password), { disableLosslessIntegers: true });
  graph = new Neo4jGraph(driver, { database: undefined, patienceMs: 10_000 });
  await migrateSchema(graph);
  raw = Graph.open();
  recovery = new Neo4jRecoveryRepository(graph);
});
beforeEach(async () => {
  await raw.wipe();
  await raw.run(
    `CREATE (:WebhookTally {id: 'w', successes: 0, failures: 3, kept: 3, kept_successes: 0}),
       (:Webhook {id: 'w', active: true}),
       (:WebhookCounter {id: 'total', events: 3, deliveries: 3, successes: 0, failures: 3, retried: 0})
     WITH 1 AS one UNWIND range(1, 3) AS n
     CREATE (:WebhookEvent {id: 'e' + n, body: '{}'})-[:TRIGGERED]->(:WebhookDelivery {id: 'd' + n,
       webhook_id: 'w', event_id: 'e' + n, event: 'entity.created', status: 'failed', attempts: 4,
       attempt_base: 0, created_at: $now})`,
    { now: NOW },
  );
});
afterAll(async () => {
  await raw.wipe();
  await raw.close();
  await driver.close();
});

const failures = async (): Promise<unknown> =>
  (
    await raw.run(
      `MATCH (t:WebhookTally {id: 'w'}) MATCH (c:WebhookCounter {id: 'total'})
       RETURN t.failures AS of_webhook, t.kept AS kept, c.failures AS of_all`,
    )
  )[0];

const requeue = (): Promise<unknown> => recovery.requeue('w', {}, '', 500, 'me');
const retry = (): Promise<unknown> => new Neo4jWorkRepository(graph).claimForRetry('d1', 'me');

describe('what changes the counts of failures', () => {
  it.each([
    ['a recovery', requeue],
    ['a manual retry', retry],
  ])('locks the counter before all else: %s holds nothing while it waits for it', async (_, change) => {
    const session = driver.session();
    const outcomes = session.beginTransaction();
    await outcomes.run(`MATCH (c:WebhookCounter {id: 'total'}) REMOVE c.purge_at`);
    const changing = change();
    // Long enough for the statement to have come as far as it can; too short would not fail, only test less.
    await new Promise((resolve) => setTimeout(resolve, 500));
    // In the same transaction, as outcomes do: were they held by the other one, the two would wait for each other.
    await outcomes.run(`MATCH (d:WebhookDelivery) REMOVE d.purge_at`);
    await outcomes.run(`MATCH (t:WebhookTally {id: 'w'}) SET t.successes = t.successes + 1`);
    await outcomes.commit();
    await session.close();
    await changing;
    expect(await raw.value(`MATCH (t:WebhookTally {id: 'w'}) RETURN t.successes`)).toBe(1);
  });

  it('counts each recovered delivery once, however often it is asked for', async () => {
    expect(await requeue()).toEqual({ count: 3, last: 'd3' });
    expect(await requeue()).toEqual({ count: 0, last: null });
    expect(await failures()).toEqual({ of_webhook: 0, kept: 0, of_all: 0 });
    expect(await raw.count('WebhookDelivery', { queue: 'w', status: 'pending', attempt_base: 4 })).toBe(3);
  });

  it('counts what it would take without taking it', async () => {
    expect(await recovery.count('w', {}, '', 2)).toEqual({ count: 2, last: 'd2' });
    expect(await recovery.count('w', {}, 'd2', 2)).toEqual({ count: 1, last: 'd3' });
    expect(await recovery.count('w', { until: NOW }, '', 2)).toEqual({ count: 0, last: null });
    expect(await raw.count('WebhookDelivery', { status: 'failed' })).toBe(3);
  });
});
