import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import neo4j, { type Driver, type Plan } from 'neo4j-driver';
import { keepPlan, keptParameters } from '../../src/neo4j/keep-plan.js';
import { Neo4jGraph } from '../../src/neo4j/neo4j-graph.js';
import { migrateSchema, statementsOf } from '../../src/neo4j/schema/schema-migrator.js';
import { testConnection } from '../support/connection.js';
import { cypherConstants } from '../support/cypher-constants.js';

const SCHEMA = fileURLToPath(new URL('../../src/neo4j/schema/', import.meta.url));

/** Values for every parameter of every constant. */
const PARAMETERS: Record<string, unknown> = {
  id: 'x',
  ids: ['x'],
  keys: ['k'],
  now: '2026-01-01T00:00:00.000Z',
  at: '2026-01-01T00:00:00.000Z',
  before: '2026-01-01T00:00:00.000Z',
  from: '',
  first: '',
  last: '~',
  first_webhook: '',
  last_webhook: 'w',
  after: '',
  settled: '2026-01-01T00:00:00.000Z',
  reason: 'because',
  cause: 'failing',
  call: 'c',
  failures: 1,
  beat: 1,
  work: 1,
  by_itself: true,
  tried_before: '2026-01-01T00:00:00.000Z',
  except: [],
  missed_from: '',
  generation: 1,
  deleted: false,
  host: 'h',
  pid: 1,
  space: 's',
  key: null,
  creation: null,
  forgotten: '2026-01-01T00:00:00.000Z',
  limit: 10,
  cap: 10,
  most: 10,
  version: 1,
  write: 'w',
  instance: 'i',
  counter: 'c',
  claim: 'x',
  claimer: 'i',
  claims: [{ id: 'x', attempts: 0 }],
  unreadable: [['4:x:1', 'because']],
  event_count: 0,
  events: [],
  row: { event: 'entity.created' },
  rows: [],
  demands: [{ webhook_id: 'w', count: 1 }],
  webhook_id: 'w',
  webhook: 'staged',
  holder: 'h',
  term: 1000,
  checksum: 'c',
  fields: ['core.name'],
  question: 'q',
  known: [['entity:x', '{}']],
  gone: ['entity:y'],
  changes: ['[]'],
  scan: '{}',
  lost: 0,
  gap_since: 0,
  keep: 10,
  statuses: ['success'],
  event: null,
  project_id: null,
  since: null,
  until: null,
  active_only: false,
  properties: {},
  prefix: 'v1.k.',
  secret: 'v1.k.x',
  revision: 'r',
  revisions: ['r'],
};

/**
 * Constants that read labels of which there are few nodes: webhooks, instances, counters, projects; and nodes of Basset
 * Hound, whose indexes are its own.
 */
const SMALL_LABELS =
  /:(?:Person|OrphanData|WebhookCapture|Webhook|DeletedWebhook|WebhookCounter|WebhookTally|WebhookInstance|WebhookRegistry|WebhookSchemaMigration|Project)\b/;
/** Run by `ApiGraph`, whose plans go by the counts of the graph. */
const OF_THE_API = /^(?:webhooks|feed)\/|^history\/(?:log\/|webhook-census)/;
/** The eraser is meant to take all; what is odd in the outbox is in no index. */
const MAY_SCAN = new Set(['CLEAR_BATCH', 'CLEAR_WEBHOOKS', 'LOOK_AT_ODD_ROWS']);

let driver: Driver;
let graph: Neo4jGraph;

beforeAll(async () => {
  const { uri, user, password } = testConnection();
  driver = neo4j.driver(uri, neo4j.auth.basic(user, password), { disableLosslessIntegers: true });
  graph = new Neo4jGraph(driver, { database: undefined, patienceMs: 10_000, keepsPlans: true });
  await migrateSchema(graph);
});
afterAll(() => driver.close());

function operators(plan: Plan): string[] {
  const details = plan.arguments['Details'] ?? '';
  return [`${plan.operatorType.split('@')[0]} ${details}`, ...plan.children.flatMap(operators)];
}

describe('every Cypher constant', () => {
  it('runs on the real Neo4j', async () => {
    const all = await cypherConstants();
    expect(all.length).toBeGreaterThan(30);
    for (const [name, cypher] of all) {
      const webhooks = name === 'NEXT_DUE' ? ['w'] : [];
      await graph.write(cypher, { ...PARAMETERS, webhooks }).catch((error: unknown) => {
        throw new Error(`${name}: ${String(error)}`);
      });
    }
  }, 120_000);

  it('takes no lock by setting a property to itself: it would undo what was written in between', async () => {
    const undoing = (await cypherConstants()).filter(([, cypher]) =>
      /\b(\w+\.\w+) = \1\b(?! *[-+])/.test(cypher),
    );
    expect(undoing).toEqual([]);
  });

  it('locks by removing what the database knows: of a key that was never written no lock is taken', async () => {
    const all = (await cypherConstants()).map(([, cypher]) => cypher);
    const schema = readdirSync(SCHEMA).filter((file) => file.endsWith('.cypher'));
    const indexed = schema.map((file) => readFileSync(join(SCHEMA, file), 'utf8')).join();
    const isWritten = (key: string) =>
      all.some((cypher) => new RegExp(`\\.${key} =\\s|\\b${key}:`).test(cypher)) ||
      indexed.includes(`n.${key}`);
    const removed = all.flatMap((cypher) =>
      [...cypher.matchAll(/REMOVE ((?:\w+\.\w+(?:, )?)+)/g)].map(([, list]) => list!),
    );
    const keys = new Set(
      removed.flatMap((list) => list.split(', ')).map((property) => property.split('.')[1]!),
    );
    expect(keys.size).toBeGreaterThan(3);
    expect([...keys].filter((key) => !isWritten(key))).toEqual([]);
  });

  it('finds deliveries, events and attempts by an index, never by a scan', async () => {
    const session = driver.session();
    try {
      for (const [name, cypher, file] of await cypherConstants()) {
        if (MAY_SCAN.has(name) || !/MATCH|MERGE/.test(cypher)) continue;
        const parameters = { ...PARAMETERS, webhooks: [], limit: neo4j.int(10), most: neo4j.int(10) };
        // The engine's plans are kept for ever: those that are made on an empty graph must do.
        const isKept = !OF_THE_API.test(file);
        const { summary } = await session.run(
          `EXPLAIN ${isKept ? keepPlan(cypher) : cypher}`,
          isKept ? keptParameters(parameters) : parameters,
        );
        const scans = operators(summary.plan as Plan).filter((line) =>
          /LabelScan|AllNodesScan|LabelsScan/.test(line),
        );
        expect({ name, scans: scans.filter((line) => !SMALL_LABELS.test(line)) }).toEqual({
          name,
          scans: [],
        });
      }
    } finally {
      await session.close();
    }
  }, 120_000);
});

describe('the schema', () => {
  it('has a constraint on each id, and can be applied again', async () => {
    const names = (await graph.read('SHOW CONSTRAINTS YIELD name RETURN name')).map(({ name }) => name);
    for (const label of ['webhook', 'webhook_event', 'webhook_delivery', 'webhook_attempt'])
      expect(names).toContain(`${label}_id_unique`);
    await graph.write('MATCH (m:WebhookSchemaMigration) DELETE m');
    await migrateSchema(graph);
    await migrateSchema(graph);
    expect(await graph.read('MATCH (m:WebhookSchemaMigration) RETURN m.id AS id ORDER BY id')).toEqual([
      ...readdirSync(SCHEMA)
        .filter((file) => file.endsWith('.cypher'))
        .sort()
        .map((id) => ({ id })),
    ]);
  });

  it('splits a file into statements and leaves out comments', () => {
    expect(statementsOf('// a;\nCREATE (a);\n\n  // b\nCREATE (b\n);\n')).toEqual([
      'CREATE (a)',
      'CREATE (b\n)',
    ]);
  });
});
