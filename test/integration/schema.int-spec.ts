import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BootError } from '../../src/common/boot-error.js';
import { Neo4jGraph } from '../../src/neo4j/neo4j-graph.js';
import { openDriver } from '../../src/neo4j/open-driver.js';
import { migrateSchema } from '../../src/neo4j/schema/schema-migrator.js';
import { testConnection } from '../support/connection.js';
import { Graph } from '../support/graph.js';

const OURS = join(import.meta.dirname, '..', '..', 'src', 'neo4j', 'schema');
const PROBE = 'CREATE (:SchemaProbe)';

let driver: Awaited<ReturnType<typeof openDriver>>['driver'];
let neo4j: Neo4jGraph;
let graph: Graph;
let directory: string;

beforeAll(async () => {
  ({ driver } = await openDriver(testConnection()));
  neo4j = new Neo4jGraph(driver, { database: undefined, patienceMs: 10_000 });
  graph = Graph.open();
  await migrateSchema(neo4j);
}, 60_000);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'schema-spec-'));
  for (const file of (await readdir(OURS)).filter((name) => name.endsWith('.cypher')))
    await cp(join(OURS, file), join(directory, file));
});
afterEach(async () => {
  await graph.run(`MATCH (n) WHERE n:SchemaProbe OR n.id STARTS WITH '999-' DETACH DELETE n`);
  await rm(directory, { recursive: true });
});
afterAll(async () => {
  await graph.close();
  await driver.close();
});

const addMigration = (statement: string): Promise<void> =>
  writeFile(join(directory, '999-probe.cypher'), `// a comment\n${statement};\n`);

/** Four starts at once, on a machine that may be busy. */
const LONG_MS = 60_000;

describe('the schema', () => {
  it(
    'is applied once, by one of many that start at the same time',
    async () => {
      await addMigration(PROBE);
      await Promise.all([1, 2, 3, 4].map(() => migrateSchema(neo4j, directory)));
      await migrateSchema(neo4j, directory);
      expect(await graph.count('SchemaProbe')).toBe(1);
      expect(await graph.count('WebhookSchemaLock')).toBe(0);
    },
    LONG_MS,
  );

  it('is not touched by an older version than the one that set it up', async () => {
    await addMigration(PROBE);
    await migrateSchema(neo4j, directory);
    await expect(migrateSchema(neo4j)).rejects.toThrow(/set up by a newer version \(999-probe\.cypher\)/);
  });

  it('says in one sentence what others have in the graph that is in its way, and gives the lock back', async () => {
    await addMigration('CREATE CONSTRAINT probe IF NOT EXISTS FOR (n:SchemaProbe) REQUIRE n.twin IS UNIQUE');
    await graph.run('CREATE (:SchemaProbe {twin: 1}), (:SchemaProbe {twin: 1})');
    const migrated = migrateSchema(neo4j, directory);
    await expect(migrated).rejects.toThrow(BootError);
    await expect(migrated).rejects.toThrow(/^The graph cannot be set up \(999-probe.cypher\): .*SchemaProbe/);
    expect(await graph.count('WebhookSchemaLock')).toBe(0);
  });

  it('notices a file that was changed after it was applied, but not a comment', async () => {
    await addMigration(PROBE);
    await migrateSchema(neo4j, directory);
    await writeFile(join(directory, '999-probe.cypher'), `// another comment\n${PROBE}\n;`);
    await migrateSchema(neo4j, directory);
    await addMigration('CREATE (:SchemaProbe {changed: true})');
    await expect(migrateSchema(neo4j, directory)).rejects.toThrow(/999-probe\.cypher is not the one/);
  });

  it('takes over what was applied before checksums were kept', async () => {
    await graph.run('MATCH (n:WebhookSchemaMigration) REMOVE n.checksum');
    await migrateSchema(neo4j);
    expect(await graph.run('MATCH (n:WebhookSchemaMigration) WHERE n.checksum IS NULL RETURN n')).toEqual([]);
  });

  it(
    'waits no longer for a process that was killed at it than a minute',
    async () => {
      await graph.run(
        `MERGE (l:WebhookSchemaLock {id: 'schema'}) SET l.holder = 'gone', l.until = timestamp() + 1500`,
      );
      await addMigration(PROBE);
      await migrateSchema(neo4j, directory);
      expect(await graph.count('SchemaProbe')).toBe(1);
    },
    LONG_MS,
  );
});
