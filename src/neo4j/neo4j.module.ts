import { Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Driver } from 'neo4j-driver';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { EmbeddedNeo4j, type RunningNeo4j } from './embedded/embedded-neo4j.js';
import { Neo4jGraph } from './neo4j-graph.js';
import { openDriver } from './open-driver.js';
import { migrateSchema } from './schema/schema-migrator.js';

/** Everything that was opened for the graph, to be closed in the end. */
class GraphResources {
  constructor(
    readonly graph: Neo4jGraph,
    readonly driver: Driver,
    readonly embedded: RunningNeo4j | undefined,
  ) {}

  async close(): Promise<void> {
    await this.driver.close();
    await this.embedded?.stop();
  }
}

async function openGraph(options: WebhooksOptions): Promise<GraphResources> {
  const logger = new Logger('EmbeddedNeo4j');
  const log = (message: string): void => {
    logger.log(message);
  };
  const embedded = options.neo4j ? undefined : await EmbeddedNeo4j.start({ dataDir: options.dataDir, log });
  const connection = options.neo4j ?? embedded?.connection;
  if (!connection) throw new Error('Neither a Neo4j connection nor an embedded Neo4j');
  try {
    const { driver, database } = await openDriver(connection);
    const graph = new Neo4jGraph(driver, { database, patienceMs: options.ingestTimeoutSeconds * 1000 });
    await migrateSchema(graph);
    return new GraphResources(graph, driver, embedded);
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

/** The graph: an existing Neo4j, or an embedded one that lives as long as the application. Needs a global options module. */
@Module({
  providers: [
    { provide: GraphResources, useFactory: openGraph, inject: [WEBHOOKS_OPTIONS] },
    { provide: Neo4jGraph, useFactory: ({ graph }: GraphResources) => graph, inject: [GraphResources] },
  ],
  exports: [Neo4jGraph],
})
export class Neo4jModule implements OnApplicationShutdown {
  constructor(@Inject(GraphResources) private readonly resources: GraphResources) {}

  /** Runs after `beforeApplicationShutdown`, in which the delivery engine hands back its work. */
  async onApplicationShutdown(): Promise<void> {
    await this.resources.close();
  }
}
