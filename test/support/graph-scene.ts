import { afterAll, beforeAll } from '@jest/globals';
import neo4j, { type Driver } from 'neo4j-driver';
import { Neo4jGraph } from '../../src/neo4j/neo4j-graph.js';
import { migrateSchema } from '../../src/neo4j/schema/schema-migrator.js';
import { testConnection } from './connection.js';
import { Graph } from './graph.js';

export interface GraphScene {
  readonly driver: Driver;
  /** As the service uses it. */
  readonly graph: Neo4jGraph;
  /** For arranging and asserting. */
  readonly raw: Graph;
}

/**
 * A migrated database for statements and repositories, emptied in the end. To be called at the top of a file.
 *
 * @param tidy takes away what emptying leaves
 */
export function setGraphScene(tidy: (raw: Graph) => Promise<unknown> = async () => undefined): GraphScene {
  const { uri, user, password } = testConnection();
  const driver = neo4j.driver(uri, neo4j.auth.basic(user, password), { disableLosslessIntegers: true });
  const graph = new Neo4jGraph(driver, { database: undefined, patienceMs: 10_000 });
  const raw = Graph.open();
  beforeAll(() => migrateSchema(graph));
  afterAll(async () => {
    await raw.wipe();
    await tidy(raw);
    await raw.close();
    await driver.close();
  });
  return { driver, graph, raw };
}
