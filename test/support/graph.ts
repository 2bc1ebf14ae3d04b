import neo4j, { type Driver, type ManagedTransaction } from 'neo4j-driver';
import { testConnection } from './connection.js';
import { until } from './until.js';

/** Raw access to the graph for arranging and asserting, on a driver of its own. */
export class Graph {
  private constructor(private readonly driver: Driver) {}

  static open(connection = testConnection()): Graph {
    const auth = neo4j.auth.basic(connection.user, connection.password);
    return new Graph(neo4j.driver(connection.uri, auth, { disableLosslessIntegers: true }));
  }

  /** The rows as plain objects; nodes become their properties. What it changes is not captured. */
  async run(cypher: string, params: Record<string, unknown> = {}): Promise<any[]> {
    return this.execute(cypher, params, { webhooks: 'test' });
  }

  /** Resolves when a transaction waits for the locks of another. */
  async whenBlocked(): Promise<void> {
    const blocked = `SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked' RETURN count(*)`;
    await until(async () => (await this.value(blocked)) > 0, 'a transaction that waits');
  }

  /** A transaction as the application makes it: what it changes is captured. */
  async change(cypher: string, params: Record<string, unknown> = {}): Promise<any[]> {
    return this.execute(cypher, params, {});
  }

  /** What happens in `work` is committed together, or rolled back when that throws. */
  async inTransaction(work: (transaction: ManagedTransaction) => Promise<void>): Promise<void> {
    const session = this.driver.session();
    try {
      await session.executeWrite(work);
    } finally {
      await session.close();
    }
  }

  private async execute(cypher: string, params: Record<string, unknown>, metadata: object): Promise<any[]> {
    for (;;) {
      const session = this.driver.session();
      try {
        const { records } = await session.run(cypher, params, { metadata });
        return records.map((record) => mapValues(record.toObject(), plain));
      } catch (error) {
        // The service may hold what is to be changed, and want what is held here: one of the two is asked to try again.
        if (!isDeadlock(error)) throw error;
      } finally {
        await session.close();
      }
    }
  }

  /** The first column of the only row. */
  async value<T = any>(cypher: string, params: Record<string, unknown> = {}): Promise<T> {
    const rows = await this.run(cypher, params);
    if (rows.length !== 1) throw new Error(`Expected one row, got ${rows.length}: ${cypher}`);
    return Object.values(rows[0] as object)[0] as T;
  }

  count(label: string, where: Record<string, unknown> = {}): Promise<number> {
    const conditions = Object.keys(where).map((key) => `n.\`${key}\` = $${key}`);
    const filter = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return this.value<number>(`MATCH (n:\`${label}\`) ${filter} RETURN count(n)`, where);
  }

  /** Deletes every node except the records of applied migrations and of the capture plugin, and those of the labels to spare, in batches. */
  async wipe({ sparing = [] }: { readonly sparing?: readonly string[] } = {}): Promise<void> {
    const spared = ['WebhookSchemaMigration', 'WebhookCapture', ...sparing].join('|');
    const some = `
      MATCH (n) WHERE NOT n:${spared}
      WITH n LIMIT 5000 DETACH DELETE n RETURN count(*) AS deleted`;
    // Not IN TRANSACTIONS: those would not be marked, and what is deleted would be captured.
    while ((await this.value<number>(some)) > 0);
  }

  async close(): Promise<void> {
    await this.driver.close();
  }
}

/** For a test that starts a service and has no scene: what the file before it left is not its business. */
export async function emptyGraph(): Promise<void> {
  const graph = Graph.open();
  try {
    await graph.wipe();
  } finally {
    await graph.close();
  }
}

function isDeadlock(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'Neo.TransientError.Transaction.DeadlockDetected';
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (neo4j.isNode(value) || neo4j.isRelationship(value)) {
    return (value as { properties: unknown }).properties;
  }
  return value;
}

function mapValues(row: Record<string, unknown>, map: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, map(value)]));
}
