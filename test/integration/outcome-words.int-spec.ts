import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import neo4j, { type Driver } from 'neo4j-driver';
import type { Outcome } from '../../src/delivery/outcomes/outcome.js';
import { OutcomeRepository } from '../../src/delivery/outcomes/outcome.neo4j.repository.js';
import { Neo4jGraph } from '../../src/neo4j/neo4j-graph.js';
import { migrateSchema } from '../../src/neo4j/schema/schema-migrator.js';
import { testConnection } from '../support/connection.js';
import { Graph } from '../support/graph.js';

const NOW = '2026-01-01T00:00:00.000Z';

let driver: Driver;
let graph: Neo4jGraph;
let raw: Graph;

const attempt = {
  startedAt: NOW,
  durationMs: 1,
  responseCode: 400,
  responseBody: '',
  errorMessage: 'no',
  errorCode: 'http' as const,
  retryAfterSeconds: null,
};
const outcome = (more: Partial<Outcome>): Outcome => ({
  deliveryId: 'd',
  webhookId: 'w',
  claimedBy: 'me',
  status: 'failed',
  attempts: 1,
  nextAttemptAt: null,
  attempt,
  errorMessage: 'no',
  word: 'rejected',
  ...more,
});

async function written(more: Partial<Outcome>): Promise<{ delivery: any; tally: any }> {
  await raw.run(`CREATE (:WebhookTally {id: 'w', successes: 0, failures: 0, kept: 0, kept_successes: 0})
    CREATE (:WebhookDelivery {id: 'd', webhook_id: 'w', claimed_by: 'me', status: 'sending', attempts: 0,
      attempt_base: 0, created_at: '${NOW}'})`);
  const repository = new OutcomeRepository(graph, { id: 'me' });
  await repository.write([outcome(more)]);
  return {
    delivery: await raw.value('MATCH (d:WebhookDelivery) RETURN d'),
    tally: await raw.value('MATCH (t:WebhookTally) RETURN t'),
  };
}

beforeAll(async () => {
  const { uri, user, password } = testConnection();
  driver = neo4j.driver(uri, neo4j.auth.basic(user, password), { disableLosslessIntegers: true });
  graph = new Neo4jGraph(driver, { database: undefined, patienceMs: 10_000 });
  await migrateSchema(graph);
  raw = Graph.open();
});
beforeEach(() => raw.wipe());
afterAll(async () => {
  await raw.wipe();
  await raw.close();
  await driver.close();
});

describe('an outcome in the word of a format', () => {
  it('that is rejected ends the delivery, and says nothing of the webhook', async () => {
    const { delivery, tally } = await written({});
    expect(delivery).toMatchObject({ status: 'failed', outcome: 'rejected', error_message: 'no' });
    expect(tally).toMatchObject({ failures: 1, kept: 1 });
    for (const key of ['failing_since', 'failed_attempts', 'failed_deliveries', 'lost_since'])
      expect(tally).not.toHaveProperty(key);
  });

  it('that is blocked keeps its place and its retries, and counts towards switching the webhook off', async () => {
    const waits = { status: 'retrying', nextAttemptAt: NOW, attemptBase: 1 } as const;
    const { delivery, tally } = await written({ ...waits, word: 'blocked' });
    expect(delivery).toMatchObject({
      ...{ status: 'retrying', outcome: 'blocked', queue: 'w', next_attempt_at: NOW },
      ...{ attempts: 1, attempt_base: 1 },
    });
    expect(tally).toMatchObject({
      failures: 0,
      failing_since: NOW,
      failed_attempts: 1,
      failed_deliveries: 1,
      blocked: true,
    });
    expect(tally).not.toHaveProperty('lost_since');
  });

  it('that ends a delivery without an attempt leaves the word of the last one', async () => {
    const none = { attempt: null, errorMessage: 'webhook is inactive', word: null };
    await raw.run(`CREATE (:WebhookTally {id: 'w', successes: 0, failures: 0, kept: 0, kept_successes: 0})
      CREATE (:WebhookDelivery {id: 'd', webhook_id: 'w', claimed_by: 'me', outcome: 'throttled'})`);
    await new OutcomeRepository(graph, { id: 'me' }).write([outcome(none)]);
    expect(await raw.value('MATCH (d:WebhookDelivery) RETURN d')).toMatchObject({ outcome: 'throttled' });
  });
});

/** All that stands in the graph of what succeeded at once, after failures of its webhook. */
async function afterSuccess(beside: readonly Outcome[]): Promise<unknown[]> {
  await raw.wipe();
  await raw.run(
    `CREATE (:WebhookTally {id: 'w', successes: 1, failures: 2, kept: 3, kept_successes: 1,
      failing_since: $now, failed_attempts: 4, failed_deliveries: 2, blocked: true, lost_since: $now, asked_since: $now})
    CREATE (:WebhookDelivery {id: 'd', webhook_id: 'w', claimed_by: 'me', status: 'sending', attempts: 0,
      attempt_base: 0, created_at: $now, next_attempt_at: $now, error_message: 'webhook is inactive'})
    CREATE (:WebhookDelivery {id: 'theirs', webhook_id: 'w', claimed_by: 'other', status: 'sending', attempts: 0})`,
    { now: NOW },
  );
  const answer = { ...attempt, responseCode: 200, responseBody: 'ok', errorMessage: null, errorCode: null };
  const success = { status: 'success', attempt: answer, errorMessage: null, word: 'success' } as const;
  const outcomes = ['d', 'theirs'].map((deliveryId) => outcome({ ...success, deliveryId }));
  expect(await new OutcomeRepository(graph, { id: 'me' }).write([...outcomes, ...beside])).toBe(1);
  return raw.run(`MATCH (n:WebhookDelivery|WebhookTally|WebhookAttempt|WebhookCounter)
    RETURN labels(n) AS labels, properties(n) AS properties, COUNT { (n)--() } AS edges ORDER BY labels[0], n.id`);
}

describe('a success with the first attempt', () => {
  it('has a statement of its own, and leaves the same in the graph as beside others', async () => {
    const other = outcome({ deliveryId: 'gone', webhookId: 'gone' });
    const [alone, beside] = [await afterSuccess([]), await afterSuccess([other])];
    expect(alone).toHaveLength(5);
    expect(alone).toEqual(beside);
  });

  it('ends the failures of its webhook, and keeps from when deliveries were lost', async () => {
    await afterSuccess([]);
    const tally = await raw.value('MATCH (t:WebhookTally) RETURN t');
    expect(tally).toEqual({
      id: 'w',
      successes: 2,
      failures: 2,
      kept: 4,
      kept_successes: 2,
      lost_before: NOW,
    });
  });
});
