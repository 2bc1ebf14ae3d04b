import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Neo4jConnection } from '../../src/config/service-options.js';
import { choosePort } from '../../src/neo4j/embedded/configuration.js';
import { EmbeddedNeo4j, MEMORY, type RunningNeo4j } from '../../src/neo4j/embedded/embedded-neo4j.js';
import { layoutOf } from '../../src/neo4j/embedded/layout.js';
import { isAlive, signal } from '../../src/neo4j/embedded/processes.js';
import { writeServerRecord } from '../../src/neo4j/embedded/records.js';
import { until } from './until.js';

/**
 * Below the ports that the system gives to outgoing connections: one of those could be taken, while Neo4j is away, by
 * the very attempts to reach it.
 */
const PORTS = { from: 15_000, to: 30_000 };

/** The server takes the port of the last time, if it is free. */
async function preferPort(dataDir: string): Promise<void> {
  const layout = layoutOf(dataDir);
  await mkdir(layout.home, { recursive: true, mode: 0o700 });
  await writeServerRecord(layout, { pid: process.pid, port: randomInt(PORTS.from, PORTS.to) });
}

/** A Neo4j of its own that may be killed: each start has the same data, port and password. */
export class Neo4jProcess {
  /** How often it was killed. */
  kills = 0;

  private constructor(
    private readonly dataDir: string,
    private readonly plugins: readonly string[],
    private running: RunningNeo4j,
  ) {}

  static async start(plugins: readonly string[] = []): Promise<Neo4jProcess> {
    const dataDir = await mkdtemp(join(tmpdir(), 'basset-hound-webhooks-faults-'));
    await preferPort(dataDir);
    return new Neo4jProcess(dataDir, plugins, await EmbeddedNeo4j.start({ dataDir, plugins }));
  }

  get connection(): Neo4jConnection {
    return this.running.connection;
  }

  /** Resolves when the process is gone. */
  async kill(): Promise<void> {
    signal(this.running.pid, 'SIGKILL');
    await until(() => !isAlive(this.running.pid), 'the end of Neo4j');
    this.kills += 1;
    await this.running.stop();
    await this.untilPortIsFree();
  }

  /** Ends it in good order. */
  async shutDown(): Promise<void> {
    await this.running.stop();
  }

  get directory(): string {
    return this.dataDir;
  }

  /** Starts it after `kill` or `shutDown`; resolves when it answers. @param setting a line of its neo4j.conf */
  async restart(setting = ''): Promise<void> {
    const { uri } = this.connection;
    // The settings of memory are the last ones that are not the service's own, so a line goes with them.
    const memory = { ...MEMORY, pagecache: `${MEMORY.pagecache}\n${setting}` };
    this.running = await EmbeddedNeo4j.start({ dataDir: this.dataDir, plugins: this.plugins, memory });
    if (this.connection.uri !== uri) throw new Error(`Neo4j moved from ${uri} to ${this.connection.uri}`);
  }

  /** A process whose first thread is gone may still listen: its other threads take a moment to end. */
  private async untilPortIsFree(): Promise<void> {
    const port = Number(new URL(this.connection.uri).port);
    const isFree = async (): Promise<boolean> => (await choosePort(port)) === port;
    await until(isFree, `port ${port} to be free`, 30_000);
  }

  /** It keeps its connections and answers nothing until `thaw`. */
  freeze(): void {
    signal(this.running.pid, 'SIGSTOP');
  }

  thaw(): void {
    signal(this.running.pid, 'SIGCONT');
  }

  /** Ends it, whatever state it is in, and removes its files. */
  async remove(): Promise<void> {
    this.thaw();
    await this.running.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
