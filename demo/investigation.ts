import neo4j from 'neo4j-driver';
import type { Neo4jConnection } from '../src/config/service-options.js';

export const PROJECT = {
  id: '6f9b0c52-58d1-4c1e-9c55-0b0c1f6a2d11',
  safe_name: 'cold_case',
  name: 'Cold Case',
};

const PEOPLE = [
  { id: 'person-ada', first: 'Ada', last: 'Marsh', email: 'ada@marsh.example' },
  { id: 'person-ben', first: 'Ben', last: 'Ochoa', email: 'ben.ochoa@mail.example' },
  { id: 'person-cleo', first: 'Cleo', last: 'Vane', email: 'cleo@vane.example' },
];
const ORPHANS = [
  { id: 'orphan-phone', identifier_type: 'phone', identifier_value: '+1 555 0100', linked_to: 'person-ben' },
  { id: 'orphan-wallet', identifier_type: 'crypto_address', identifier_value: 'bc1qdemo', linked_to: null },
];

const SEED = `
CREATE (project:Project {id: $project.id, safe_name: $project.safe_name, name: $project.name})
CREATE (project)-[:HAS_FILE]->(:File {id: 'file-photo'})
FOREACH (p IN $people |
  CREATE (project)-[:HAS_PERSON]->(person:Person {id: p.id})
  CREATE (person)-[:HAS_FIELD_VALUE]->(:FieldValue {section_id: 'core', field_id: 'first_name', value: p.first})
  CREATE (person)-[:HAS_FIELD_VALUE]->(:FieldValue {section_id: 'core', field_id: 'last_name', value: p.last})
  CREATE (person)-[:HAS_FIELD_VALUE]->(:FieldValue {section_id: 'core', field_id: 'email', value: p.email})
)
WITH project
UNWIND $orphans AS o
CREATE (project)-[:HAS_ORPHAN]->(orphan:OrphanData {
  id: o.id, identifier_type: o.identifier_type, identifier_value: o.identifier_value
})
WITH orphan, o
MATCH (person:Person {id: o.linked_to})
CREATE (orphan)-[:LINKED_TO]->(person)
`;

const SUMMARY = `
MATCH (n) WHERE n:Project OR n:Person OR n:OrphanData OR n:File OR n:FieldValue
RETURN labels(n)[0] AS label, count(*) AS nodes ORDER BY label
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

/** A small investigation, shaped like those of Basset Hound, and the view of an analyst into the graph. */
export class Investigation {
  private readonly driver;

  constructor({ uri, user, password }: Neo4jConnection) {
    this.driver = neo4j.driver(uri, neo4j.auth.basic(user, password), { disableLosslessIntegers: true });
  }

  async seed(): Promise<string> {
    await this.query(SEED, { project: PROJECT, people: PEOPLE, orphans: ORPHANS });
    const rows = await this.query<{ label: string; nodes: number }>(SUMMARY);
    return rows.map(({ label, nodes }) => `${String(nodes)} ${label}`).join(', ');
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

  private async query<T>(cypher: string, params: Record<string, unknown> = {}): Promise<T[]> {
    const session = this.driver.session();
    try {
      const { records } = await session.run(cypher, params);
      return records.map((record) => record.toObject() as T);
    } finally {
      await session.close();
    }
  }
}
