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
