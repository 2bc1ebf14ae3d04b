import { setTimeout as wait } from 'node:timers/promises';
import neo4j from 'neo4j-driver';
import type { Neo4jConnection } from '../src/config/service-options.js';

export const PROJECT = {
  id: '6f9b0c52-58d1-4c1e-9c55-0b0c1f6a2d11',
  safe_name: 'cold_case',
  name: 'Cold Case',
};

/** What was told since, in the order of its creation: ids are in the order of time. */
const TOLD = `
MATCH (event:WebhookEvent) WHERE event.id > $after
RETURN event.id AS id, event.type AS event, [(event)-[:TRIGGERED]->(delivery) | delivery.id] AS delivery_ids
ORDER BY event.id
`;

/** Every edge between what belongs to the webhooks and what belongs to the investigation, by type. */
const CROSSING = `
MATCH (ours)-[edge]-(theirs)
WHERE any(label IN labels(ours) WHERE label STARTS WITH 'Webhook') AND (theirs:Person OR theirs:OrphanData OR theirs:File)
RETURN count(edge) AS edges
`;

const FINISHED = `
MATCH (event:WebhookEvent)-[:TRIGGERED]->(delivery:WebhookDelivery)
WHERE delivery.id IN $ids
RETURN delivery.id AS id, delivery.status AS status, delivery.attempts AS attempts, event.id AS event_id,
  COUNT { (delivery)-[:HAS_ATTEMPT]->(:WebhookAttempt) } AS recorded
`;

/** A delivery as it stands in the graph. */
export interface LoggedDelivery {
  readonly id: string;
  readonly event_id: string;
  readonly status: string;
  readonly attempts: number;
  /** WebhookAttempt nodes. */
  readonly recorded: number;
}

/** An event as it stands in the graph. */
export interface ToldEvent {
  readonly id: string;
  readonly event: string;
  readonly delivery_ids: readonly string[];
}

/** A small investigation, shaped like those of Basset Hound, and the view of an analyst into the graph. */
export class Investigation {
  private readonly driver;

  constructor({ uri, user, password }: Neo4jConnection) {
    this.driver = neo4j.driver(uri, neo4j.auth.basic(user, password), { disableLosslessIntegers: true });
  }

  /** What became of the changes so far, once the outbox is empty. */
  async told(after: string): Promise<ToldEvent[]> {
    const isEmpty = async (): Promise<boolean> => {
      const [row] = await this.query<{ rows: number }>('RETURN COUNT { (:WebhookOutbox) } AS rows');
      return row?.rows === 0;
    };
    for (let tries = 0; tries < 600 && !(await isEmpty()); tries += 1) await wait(100);
    // Of a commit that is under way a part may be seen: twice the same is all of it.
    let events = await this.query<ToldEvent>(TOLD, { after });
    for (let seen = -1; events.length !== seen;) {
      seen = events.length;
      await wait(100);
      events = await this.query<ToldEvent>(TOLD, { after });
    }
    return events;
  }

  logged(deliveryIds: readonly string[]): Promise<LoggedDelivery[]> {
    return this.query<LoggedDelivery>(FINISHED, { ids: deliveryIds });
  }

  async crossingEdges(): Promise<number> {
    const [row] = await this.query<{ edges: number }>(CROSSING);
    return row?.edges ?? 0;
  }

  async close(): Promise<void> {
    await this.driver.close();
  }

  /** One transaction; nothing marks it, so what it changes is captured. */
  async query<T>(cypher: string, params: Record<string, unknown> = {}): Promise<T[]> {
    const session = this.driver.session();
    try {
      const { records } = await session.run(cypher, params);
      return records.map((record) => record.toObject() as T);
    } finally {
      await session.close();
    }
  }
}
