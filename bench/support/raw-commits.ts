import type { Driver } from 'neo4j-driver';
import { v7 as uuidv7 } from 'uuid';
import { wireBody } from '../../src/events/new-event.js';
import { EventRepository } from '../../src/events/event.neo4j.repository.js';
import type { EventRecord } from '../../src/delivery/model/event-record.js';
import type { InstanceLease } from '../../src/delivery/queue/instance-lease.js';
import type { Outcome } from '../../src/delivery/outcomes/outcome.js';
import { OutcomeRepository } from '../../src/delivery/outcomes/outcome.neo4j.repository.js';
import type { Neo4jGraph } from '../../src/neo4j/neo4j-graph.js';
import { toDriverMap } from '../../src/neo4j/parameters.js';
import { eventData } from './events.js';

/** Claims and counters of the benchmark's own, and the instance that they belong to. */
const INSTANCE = 'bench';

/** As the service marks its own: the capture plugin looks no further. */
const OWN = { webhooks: '1' };

const COUNTERS = `
MERGE (instance:WebhookInstance {id: 'bench'}) ON CREATE SET instance.beat = 0
WITH instance
UNWIND ['bench:events', 'bench:outcomes'] AS id
MERGE (counter:WebhookCounter {id: id})
ON CREATE SET counter.events = 0, counter.deliveries = 0, counter.successes = 0, counter.failures = 0,
  counter.retried = 0
`;
const VERSION = `MATCH (registry:WebhookRegistry {id: 'registry'}) RETURN registry.version AS version`;

/** A statement with its parameters as the driver takes them. */
export interface Statement {
  readonly cypher: string;
  readonly parameters: Record<string, unknown>;
}

/** Takes from a repository what it would write, so that the raw limit is that of the very same nodes. */
async function captured(write: (graph: Neo4jGraph) => Promise<unknown>): Promise<Statement> {
  let statement: Statement | undefined;
  const graph = {
    write: async (cypher: string, parameters: object) => {
      statement = { cypher, parameters: toDriverMap(parameters) };
      return [{ created: 0, written: 0 }];
    },
  };
  await write(graph as unknown as Neo4jGraph);
  if (!statement) throw new Error('The repository wrote nothing');
  return statement;
}

/** New events of 400 bytes, each with one delivery to `webhookId`, claimed or waiting in the queue. */
export function newEvents(count: number, webhookId: string, claimed = true): EventRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const createdAt = new Date().toISOString();
    const content = { event: 'entity.created', timestamp: createdAt, projectId: null };
    const body = wireBody({ ...content, dataJson: JSON.stringify(eventData(i)) });
    return {
      ...content,
      id: uuidv7(),
      type: content.event,
      body,
      bytes: Buffer.byteLength(body, 'utf8'),
      createdAt,
      idempotencyKey: null,
      fingerprint: null,
      traceparent: null,
      keepUntil: createdAt,
      dueAt: createdAt,
      deliveries: [
        { id: uuidv7(), webhookId, claimedBy: claimed ? INSTANCE : null, single: false, generation: 0 },
      ],
    };
  });
}

function successOf(deliveryId: string, webhookId: string): Outcome {
  const answer = {
    responseCode: 200,
    responseBody: '',
    errorMessage: null,
    errorCode: null,
    retryAfterSeconds: null,
  };
  return {
    deliveryId,
    webhookId,
    claimedBy: INSTANCE,
    status: 'success',
    attempts: 1,
    nextAttemptAt: null,
    attempt: { startedAt: new Date().toISOString(), durationMs: 3, ...answer },
    errorMessage: null,
    word: 'success',
  };
}

/** The service's two hot writes, through the bare driver: one auto-commit transaction each. */
export class RawCommits {
  private constructor(
    private readonly driver: Driver,
    private readonly version: number,
  ) {}

  static async on(driver: Driver): Promise<RawCommits> {
    await driver.executeQuery(COUNTERS);
    const { records } = await driver.executeQuery(VERSION);
    return new RawCommits(driver, Number(records[0]?.get('version')));
  }

  async append(events: readonly EventRecord[]): Promise<Statement> {
    const options = {
      writeId: 'bench',
      registryVersion: this.version,
      instanceId: INSTANCE,
      patienceMs: 0,
    };
    return captured((graph) => new EventRepository(graph).append(events, options));
  }

  /** The outcomes that finish the deliveries of these events. */
  async finish(events: readonly EventRecord[]): Promise<Statement> {
    const deliveries = events.flatMap((event) => event.deliveries);
    return this.outcomes(deliveries.map(({ id, webhookId }) => successOf(id, webhookId)));
  }

  /** @throws when fewer rows were written than given: it would be another measurement then */
  async run({ cypher, parameters }: Statement, rows: number): Promise<void> {
    const session = this.driver.session({ database: 'neo4j' });
    try {
      const { records } = await session.run(cypher, parameters, { metadata: OWN });
      const written = Number(Object.values(records[0]?.toObject() ?? {})[0]);
      if (written !== rows) throw new Error(`${written} rows written of ${rows}`);
    } finally {
      await session.close();
    }
  }

  private async outcomes(outcomes: readonly Outcome[]): Promise<Statement> {
    const lease = { id: INSTANCE } as InstanceLease;
    return captured((graph) => new OutcomeRepository(graph, lease).write(outcomes));
  }
}
