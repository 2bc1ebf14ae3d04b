import neo4j, { type Driver } from 'neo4j-driver';
import { testConnection } from './connection.js';

/** Raw access to the graph for arranging and asserting, on a driver of its own. */
export class Graph {
  private constructor(private readonly driver: Driver) {}

  static open(connection = testConnection()): Graph {
    const auth = neo4j.auth.basic(connection.user, connection.password);
    return new Graph(neo4j.driver(connection.uri, auth, { disableLosslessIntegers: true }));
  }

  /** The rows as plain objects; nodes become their properties. */
  async run(cypher: string, params: Record<string, unknown> = {}): Promise<any[]> {
    const session = this.driver.session();
    try {
      const { records } = await session.run(cypher, params);
      return records.map((record) => mapValues(record.toObject(), plain));
    } finally {
      await session.close();
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

  /** Deletes every node except the record of applied migrations, in batches. */
  async wipe(): Promise<void> {
    await this.run(
      `MATCH (n) WHERE NOT n:WebhookSchemaMigration
       CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS`,
    );
  }

  async close(): Promise<void> {
    await this.driver.close();
  }
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
