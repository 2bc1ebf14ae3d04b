import { readFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { messageOf } from '../../common/caught.js';
import { BootError } from '../../common/boot-error.js';
import { makeDirectory } from '../../common/make-directory.js';
import type { Neo4jConnection } from '../../config/service-options.js';
import { choosePort, ensurePassword, writeConfiguration, type Memory } from './configuration.js';
import { resolveClasspath } from './classpath.js';
import { findJava } from './java.js';
import { layoutOf, type Layout } from './layout.js';
import { guardServer } from './orphan-guard.js';
import { endProcess, endWithUs } from './processes.js';
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
/** @internal */
export const MEMORY: Memory = { heap: '512m', pagecache: '256m' };
/** A server that answers ends within seconds of being asked to; one that is frozen never does. */
const STOP_GRACE_MS = 30_000;

export interface EmbeddedOptions {
  /** Created with mode 0700. */
  readonly dataDir: string;
  /** Jars that the server loads besides its own. @default [] */
  readonly plugins?: readonly string[];
  /** Told what is going on, one sentence at a time. */
  readonly log?: (message: string) => void;
  /** @default a heap of 512m, a page cache of 256m */
  readonly memory?: Memory;
}

/** A Neo4j that runs for this process. */
export interface RunningNeo4j {
  readonly connection: Neo4jConnection;
  readonly pid: number;
  /** Ends the server and waits until it is gone; a second call waits for the same end. */
  stop(graceMs?: number): Promise<void>;
}

function connectionTo(port: number, password: string): Neo4jConnection {
  return { uri: `bolt://127.0.0.1:${port}`, user: 'neo4j', password };
}

/** @throws BootError that names the setting */
function makeHome(dataDir: string, { home }: Layout): void {
  try {
    makeDirectory(dataDir);
    makeDirectory(home);
  } catch (error) {
    throw new BootError(`DATA_DIR ${dataDir} cannot be used, choose another: ${messageOf(error)}`);
  }
}

/**
 * A real Neo4j Community from its Maven artifacts, as a child process with its own port, password and files.
 * A server that a crashed predecessor left behind is found by its record and used again, or ended.
 */
export class EmbeddedNeo4j implements RunningNeo4j {
  private record!: ServerRecord;
  private current!: Neo4jConnection;
  private release: () => void = () => undefined;
  private ending: Promise<void> | undefined;

  /** @throws BootError with one message that says what to do */
  static async start({
    dataDir,
    plugins = [],
    log = () => undefined,
    memory = MEMORY,
  }: EmbeddedOptions): Promise<EmbeddedNeo4j> {
    const layout = layoutOf(dataDir);
    makeHome(dataDir, layout);
    await claimOwnership(layout);
    const server = new EmbeddedNeo4j(layout, plugins, log, memory);
    try {
      if (!(await server.adopt())) await server.launch();
      return server;
    } catch (error) {
      await giveUpOwnership(layout);
      throw error;
    }
  }

  private constructor(
    private readonly layout: Layout,
    private readonly plugins: readonly string[],
    private readonly log: (message: string) => void,
    private readonly memory: Memory,
  ) {}

  get connection(): Neo4jConnection {
    return this.current;
  }

  get pid(): number {
    return this.record.pid;
  }

  get runs(): boolean {
    return isOurServer(this.record, this.layout);
  }

  get isStopping(): boolean {
    return this.ending !== undefined;
  }

  stop(graceMs = STOP_GRACE_MS): Promise<void> {
    return (this.ending ??= this.end(graceMs).finally(() => giveUpOwnership(this.layout)));
  }

  /**
   * Starts it anew, with the same files, port and password; what is left of the one before is ended.
   * @throws BootError when it does not come up, or another process has its port now
   */
  async relaunch(graceMs = STOP_GRACE_MS): Promise<void> {
    await this.end(graceMs);
    await this.launch(this.record.port);
  }

  /** The server of a predecessor that could not stop it, if it is still good. */
  private async adopt(): Promise<boolean> {
    const record = await readServerRecord(this.layout);
    if (!record || !isOurServer(record, this.layout)) return false;
    const password = await readFile(this.layout.password, 'utf8').catch(() => '');
    this.use(record, password);
    if ((await probe(this.connection)).kind === 'ready') {
      this.log(`Neo4j still runs (process ${record.pid}, port ${record.port}); it is used again`);
      this.release = endWithUs(record.pid);
      return true;
    }
    this.log(`A Neo4j that does not answer was left behind (process ${record.pid}); it is ended`);
    await endProcess(record.pid);
    return false;
  }

  /** @param ownPort the one that it must have */
  private async launch(ownPort?: number): Promise<void> {
    const { layout, memory } = this;
    const started = performance.now();
    const java = await findJava();
    const classpath = [...this.plugins, await resolveClasspath(layout, this.log)].join(delimiter);
    const port = await choosePort(ownPort ?? (await readServerRecord(layout))?.port);
    if (ownPort !== undefined && port !== ownPort)
      throw new BootError(`Port ${ownPort} of the embedded Neo4j is taken by another process`);
    await writeConfiguration(layout, port, memory);
    const password = await ensurePassword(layout);
    this.log(`Starting Neo4j on 127.0.0.1:${port}, data in ${layout.home}`);
    this.use({ pid: await spawnServer(layout, java, classpath, memory), port }, password);
    this.watch();
    try {
      await writeServerRecord(layout, this.record);
      await untilReady(this.pid, this.connection, layout, BOOT_TIMEOUT_MS);
    } catch (error) {
      await this.end(STOP_GRACE_MS);
      throw error;
    }
    this.log(`Neo4j is ready after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }

  private use(record: ServerRecord, password: string): void {
    this.record = record;
    this.current = connectionTo(record.port, password);
  }

  /** It ends with this process: at once when that exits, after a minute when it is killed. */
  private watch(): void {
    const endGuard = guardServer(this.pid, this.layout);
    const endWatch = endWithUs(this.pid);
    this.release = () => {
      endWatch();
      endGuard();
    };
  }

  private async end(graceMs: number): Promise<void> {
    // After a crash of the server its process id may belong to a stranger.
    if (this.runs) await endProcess(this.pid, graceMs);
    this.release();
  }
}
