import { mkdir, readFile } from 'node:fs/promises';
import type { Neo4jConnection } from '../../config/service-options.js';
import { choosePort, ensurePassword, writeConfiguration } from './configuration.js';
import { resolveClasspath } from './classpath.js';
import { findJava } from './java.js';
import { layoutOf, type Layout } from './layout.js';
import { guardServer } from './orphan-guard.js';
import { endProcess } from './processes.js';
import {
  claimOwnership,
  giveUpOwnership,
  isOurServer,
  readServerRecord,
  writeServerRecord,
  type ServerRecord,
} from './records.js';
import { probe, spawnServer, untilReady } from './server-process.js';

const BOOT_TIMEOUT_MS = 120_000;

export interface EmbeddedOptions {
  /** Created with mode 0700. */
  readonly dataDir: string;
  /** Told what is going on, one sentence at a time. */
  readonly log?: (message: string) => void;
}

/** A Neo4j that runs for this process. */
export interface RunningNeo4j {
  readonly connection: Neo4jConnection;
  readonly pid: number;
  /** Ends the server and waits until it is gone; a second call waits for the same end. */
  stop(): Promise<void>;
}

function connectionTo(port: number, password: string): Neo4jConnection {
  return { uri: `bolt://127.0.0.1:${port}`, user: 'neo4j', password };
}

/**
 * A real Neo4j Community from its Maven artifacts, as a child process with its own port, password and files.
 * A server that a crashed predecessor left behind is found by its record and used again, or ended.
 */
export class EmbeddedNeo4j {
  /** @throws BootError with one message that says what to do */
  static async start({ dataDir, log = () => undefined }: EmbeddedOptions): Promise<RunningNeo4j> {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const layout = layoutOf(dataDir);
    await mkdir(layout.home, { recursive: true, mode: 0o700 });
    await claimOwnership(layout);
    try {
      const server = new EmbeddedNeo4j(layout, log);
      return (await server.adopt()) ?? (await server.launch());
    } catch (error) {
      await giveUpOwnership(layout);
      throw error;
    }
  }

  private constructor(
    private readonly layout: Layout,
    private readonly log: (message: string) => void,
  ) {}

  /** The server of a predecessor that could not stop it, if it is still good. */
  private async adopt(): Promise<RunningNeo4j | undefined> {
    const record = await readServerRecord(this.layout);
    if (!record || !isOurServer(record, this.layout)) return undefined;
    const password = await readFile(this.layout.password, 'utf8').catch(() => '');
    const connection = connectionTo(record.port, password);
    if ((await probe(connection)) === 'ready') {
      this.log(`Neo4j still runs (process ${record.pid}, port ${record.port}); it is used again`);
      return this.running(record, connection);
    }
    this.log(`A Neo4j that does not answer was left behind (process ${record.pid}); it is ended`);
    await endProcess(record.pid);
    return undefined;
  }

  private async launch(): Promise<RunningNeo4j> {
    const started = performance.now();
    const java = await findJava();
    const classpath = await resolveClasspath(this.layout, this.log);
    const port = await choosePort((await readServerRecord(this.layout))?.port);
    await writeConfiguration(this.layout, port);
    const connection = connectionTo(port, await ensurePassword(this.layout, java, classpath));
    this.log(`Starting Neo4j on 127.0.0.1:${port}, data in ${this.layout.home}`);
    const record = { pid: await spawnServer(this.layout, java, classpath), port };
    const endGuard = guardServer(record.pid, this.layout);
    const running = this.running(record, connection, endGuard);
    try {
      await writeServerRecord(this.layout, record);
      await untilReady(record.pid, connection, this.layout, BOOT_TIMEOUT_MS);
    } catch (error) {
      await running.stop();
      throw error;
    }
    this.log(`Neo4j is ready after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return running;
  }

  private running(
    record: ServerRecord,
    connection: Neo4jConnection,
    endGuard: () => void = () => undefined,
  ): RunningNeo4j {
    const end = async (): Promise<void> => {
      // After a crash of the server its process id may belong to a stranger.
      if (isOurServer(record, this.layout)) await endProcess(record.pid);
      endGuard();
      await giveUpOwnership(this.layout);
    };
    let ending: Promise<void> | undefined;
    return { connection, pid: record.pid, stop: () => (ending ??= end()) };
  }
}
