import { fileURLToPath } from 'node:url';
import { Inject, Logger, Module, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import type { Driver } from 'neo4j-driver';
import { SCHEDULER, schedulerProvider } from '../common/rxjs/scheduler.js';
import { WEBHOOKS_OPTIONS, type Neo4jConnection, type WebhooksOptions } from '../config/service-options.js';
import { BootGuard } from './boot-guard.js';
import { Connections } from './connections.js';
import { EmbeddedNeo4j } from './embedded/embedded-neo4j.js';
import { Supervisor } from './embedded/supervisor.js';
import { ApiGraph, Neo4jGraph, PulseGraph, SystemGraph } from './neo4j-graph.js';
import { BOOT_PATIENCE_MS, createDriver, openDriver } from './open-driver.js';
import { Repeater } from './repeater.js';
import { migrateSchema } from './schema/schema-migrator.js';
import { SchemaWatch } from './schema/schema-watch.js';
import { StoreState } from './store-state.js';

/** An embedded server that answers nothing is not waited for as long as one that ends in good order. */
const FROZEN_GRACE_MS = 8000;
/** A heartbeat that has no answer is given up while the lease (8 s) still leaves time for the next. */
const PULSE = { patienceMs: 4000, limitMs: 7000, isUrgent: true };

/** Everything that was opened for the graph, to be closed in the end. */
class GraphResources {
  readonly state = new StoreState();
  readonly graph: Neo4jGraph;
  /** For what is done once at the start: a server that was just started is slow, however short callers are to wait. */
  readonly boot: Neo4jGraph;
  readonly api: ApiGraph;
  readonly pulse: PulseGraph;
  readonly system: SystemGraph;
  private readonly connections: Connections;
  private supervisor: Supervisor | undefined;

  constructor(
    connection: Neo4jConnection,
    database: string,
    patienceMs: number,
    private readonly embedded: EmbeddedNeo4j | undefined,
  ) {
    const { state } = this;
    const open = (poolSize: number): Driver => createDriver(connection, poolSize);
    this.connections = new Connections(open, state, database);
    const settings = { database, state, life: this.connections, patienceMs };
    this.graph = new Neo4jGraph(this.connections.sessions('engine'), { ...settings, keepsPlans: true });
    this.boot = new Neo4jGraph(this.connections.sessions('engine'), {
      ...settings,
      patienceMs: Math.max(patienceMs, BOOT_PATIENCE_MS),
    });
    this.api = new ApiGraph(this.connections.sessions('api'), {
      ...settings,
      isForCallers: true,
    });
    this.system = new SystemGraph(this.connections.sessions('api'), { ...settings, database: 'system' });
    this.pulse = new PulseGraph(this.connections.sessions('pulse'), {
      ...settings,
      ...PULSE,
      keepsPlans: true,
      life: this.connections.strictly,
    });
  }

  /** From now on an embedded server that ends is started again. */
  supervise(log: (message: string) => void): void {
    if (!this.embedded) return;
    this.supervisor = new Supervisor(this.embedded, this.state, log);
    this.supervisor.start();
  }

  async close(): Promise<void> {
    const isFrozen = this.state.trouble !== undefined;
    await this.connections.close();
    await this.supervisor?.stop();
    await this.embedded?.stop(isFrozen ? FROZEN_GRACE_MS : undefined);
  }
}

async function connect(
  connection: Neo4jConnection,
  { ingestTimeoutSeconds }: WebhooksOptions,
  embedded?: EmbeddedNeo4j,
): Promise<GraphResources> {
  const { driver, database } = await openDriver(connection);
  await driver.close();
  const resources = new GraphResources(connection, database, ingestTimeoutSeconds * 1000, embedded);
  try {
    await migrateSchema(resources.boot);
    return resources;
  } catch (error) {
    await resources.close();
    throw error;
  }
}

async function openEmbedded(options: WebhooksOptions): Promise<GraphResources> {
  const logger = new Logger('EmbeddedNeo4j');
  const log = (message: string): void => {
    logger.log(message);
  };
  const { dataDir, neo4jHeap: heap, neo4jPagecache: pagecache } = options;
  const embedded = await EmbeddedNeo4j.start({
    dataDir,
    log,
    plugins: pluginsFor(options),
    memory: { heap, pagecache },
  });
  try {
    const resources = await connect(embedded.connection, options, embedded);
    resources.supervise((message) => {
      logger.warn(message);
    });
    return resources;
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

/** Built from capture-plugin/, and kept beside its source. */
const CAPTURE_JAR = fileURLToPath(new URL('../../capture-plugin/basset-capture.jar', import.meta.url));

function pluginsFor({ capture }: WebhooksOptions): string[] {
  return capture === 'auto' || capture === 'plugin' ? [CAPTURE_JAR] : [];
}

async function openGraph(options: WebhooksOptions): Promise<GraphResources> {
  return options.neo4j ? connect(options.neo4j, options) : openEmbedded(options);
}

/** The graph: an existing Neo4j, or an embedded one that lives as long as the application. Needs a global options module. */
@Module({
  providers: [
    { provide: GraphResources, useFactory: openGraph, inject: [WEBHOOKS_OPTIONS] },
    { provide: Neo4jGraph, useFactory: ({ graph }: GraphResources) => graph, inject: [GraphResources] },
    { provide: ApiGraph, useFactory: ({ api }: GraphResources) => api, inject: [GraphResources] },
    { provide: PulseGraph, useFactory: ({ pulse }: GraphResources) => pulse, inject: [GraphResources] },
    { provide: SystemGraph, useFactory: ({ system }: GraphResources) => system, inject: [GraphResources] },
    { provide: StoreState, useFactory: ({ state }: GraphResources) => state, inject: [GraphResources] },
    {
      provide: BootGuard,
      useFactory: (resources: GraphResources) => new BootGuard(() => resources.close()),
      inject: [GraphResources],
    },
    Repeater,
    SchemaWatch,
    schedulerProvider,
  ],
  exports: [
    ...[BootGuard, Neo4jGraph, ApiGraph, PulseGraph, SystemGraph, StoreState],
    ...[Repeater, SchemaWatch, SCHEDULER],
  ],
})
export class Neo4jModule implements OnModuleDestroy, OnApplicationShutdown {
  constructor(@Inject(GraphResources) private readonly resources: GraphResources) {}

  /** The first hook of a shutdown. */
  onModuleDestroy(): void {
    this.resources.state.stop();
  }

  /** Runs after `beforeApplicationShutdown`, in which the delivery engine hands back its work. */
  async onApplicationShutdown(): Promise<void> {
    await this.resources.close();
  }
}
