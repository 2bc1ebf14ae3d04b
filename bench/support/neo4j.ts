import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import neo4j, { type Driver } from 'neo4j-driver';
import type { Neo4jConnection } from '../../src/config/service-options.js';
import { EmbeddedNeo4j } from '../../src/neo4j/embedded/embedded-neo4j.js';
import { assertLoopback } from './client.js';
import { endLater } from './cleanup.js';
import { until } from './waiting.js';

const PENDING = `
MATCH (counter:WebhookCounter)
RETURN coalesce(sum(counter.deliveries - counter.successes - counter.failures), 0) AS pending,
  coalesce(sum(counter.failures), 0) AS failed
`;

/** What the counters of all instances say. */
export interface Unfinished {
  readonly pending: number;
  readonly failed: number;
}

/** A Neo4j with an empty graph, and a driver of the benchmark's own. */
export class Neo4j {
  private constructor(
    readonly connection: Neo4jConnection,
    readonly pid: number,
    readonly driver: Driver,
    readonly stop: () => Promise<void>,
  ) {}

  /** @param plugins jars that it loads */
  static async start(plugins: readonly string[] = []): Promise<Neo4j> {
    const dataDir = await mkdtemp(join(tmpdir(), 'basset-bench-'));
    const remove = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
    const removeLater = endLater(remove);
    const server = await EmbeddedNeo4j.start({ dataDir, plugins });
    const { connection, pid } = server;
    assertLoopback(connection.uri);
    const driver = neo4j.driver(connection.uri, neo4j.auth.basic(connection.user, connection.password), {
      disableLosslessIntegers: true,
      telemetryDisabled: true,
    });
    const end = endLater(async () => {
      await driver.close();
      await server.stop();
      await removeLater();
    });
    return new Neo4j(connection, pid, driver, end);
  }

  /** Pending (with sending and retrying) and failed deliveries. */
  async unfinished(): Promise<Unfinished> {
    const session = this.driver.session({ database: 'neo4j' });
    try {
      const { records } = await session.run(PENDING);
      return { pending: Number(records[0]?.get('pending')), failed: Number(records[0]?.get('failed')) };
    } finally {
      await session.close();
    }
  }

  /** Waits until every delivery has ended and is recorded. */
  async untilFinished(timeoutMs: number): Promise<void> {
    const finished = async (): Promise<boolean> => (await this.unfinished()).pending === 0;
    await until('no delivery is pending', timeoutMs, finished, 50);
  }
}

/** Runs `work` on an empty graph of its own: no scenario pays for the history of another. */
export async function onFreshGraph(work: (neo4j: Neo4j) => Promise<void>): Promise<void> {
  const graph = await Neo4j.start();
  try {
    await work(graph);
  } finally {
    await graph.stop();
  }
}
