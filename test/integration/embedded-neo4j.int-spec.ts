import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BootError } from '../../src/common/boot-error.js';
import type { Neo4jConnection } from '../../src/config/service-options.js';
import { EmbeddedNeo4j, type RunningNeo4j } from '../../src/neo4j/embedded/embedded-neo4j.js';
import { isAlive } from '../../src/neo4j/embedded/processes.js';
import { openDriver } from '../../src/neo4j/open-driver.js';
import { testConnection } from '../support/connection.js';
import { freePort } from '../support/free-port.js';
import { Graph } from '../support/graph.js';

const LOADER = fileURLToPath(new URL('../runner/typescript.mjs', import.meta.url));
const SUBJECT = new URL('../../src/neo4j/embedded/embedded-neo4j.ts', import.meta.url).href;
/** Starts the embedded Neo4j and keeps it until it is killed: `<data directory>`. */
const PARENT = `
import { EmbeddedNeo4j } from '${SUBJECT}';
const { pid, connection } = await EmbeddedNeo4j.start({ dataDir: process.argv[1] });
console.log(JSON.stringify({ pid, connection }));
setInterval(() => undefined, 60_000);
`;
const BOOT_MS = 120_000;

let dataDir: string;
let running: RunningNeo4j | undefined;
let parent: ChildProcess | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'embedded-neo4j-spec-'));
});
afterAll(async () => {
  parent?.kill('SIGKILL');
  await running?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Another process that starts the embedded Neo4j and keeps it. */
async function startParent(): Promise<{ pid: number; connection: Neo4jConnection }> {
  parent = spawn(process.execPath, ['--import', LOADER, '--input-type=module', '-e', PARENT, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: parent.stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, 'line')) as [string];
  return JSON.parse(line) as { pid: number; connection: Neo4jConnection };
}

async function startHere(log: string[] = []): Promise<void> {
  running = await EmbeddedNeo4j.start({ dataDir, log: (line) => log.push(line) });
}

async function withGraph<T>(connection: Neo4jConnection, work: (graph: Graph) => Promise<T>): Promise<T> {
  const graph = Graph.open(connection);
  try {
    return await work(graph);
  } finally {
    await graph.close();
  }
}

/** The tests are one story, in order: starting a server for each would take minutes. */
describe('the embedded Neo4j', () => {
  let first: { pid: number; connection: Neo4jConnection };

  it(
    'starts for a process, on the loopback, with files that only its user reads',
    async () => {
      first = await startParent();
      expect(first.connection.uri).toMatch(/^bolt:\/\/127\.0\.0\.1:\d+$/);
      await withGraph(first.connection, (graph) => graph.run('CREATE (:Kept {n: 1})'));
      expect((await stat(join(dataDir, 'neo4j', 'password'))).mode & 0o777).toBe(0o600);
      expect((await stat(join(dataDir, 'neo4j'))).mode & 0o777).toBe(0o700);
    },
    BOOT_MS,
  );

  it('refuses a second owner with one sentence that names the first', async () => {
    const second = EmbeddedNeo4j.start({ dataDir });
    await expect(second).rejects.toThrow(BootError);
    await expect(second).rejects.toThrow(new RegExp(`in use by process ${parent?.pid}: stop it`));
    expect(isAlive(first.pid)).toBe(true);
  });

  it('survives the kill -9 of its owner, and the next one uses it again at once', async () => {
    const gone = once(parent as ChildProcess, 'exit');
    parent?.kill('SIGKILL');
    await gone;
    const log: string[] = [];
    await startHere(log);
    expect(running?.pid).toBe(first.pid);
    expect(running?.connection).toEqual(first.connection);
    expect(log).toEqual([expect.stringContaining('used again')]);
  });

  it(
    'is gone after stop, and stop can be called twice',
    async () => {
      await Promise.all([running?.stop(), running?.stop()]);
      expect(isAlive(first.pid)).toBe(false);
    },
    BOOT_MS,
  );

  it(
    'starts again with the same port, password and data',
    async () => {
      await startHere();
      expect(running?.pid).not.toBe(first.pid);
      expect(running?.connection).toEqual(first.connection);
      expect(await withGraph(first.connection, (graph) => graph.count('Kept'))).toBe(1);
      await running?.stop();
    },
    BOOT_MS,
  );

  it(
    'says in one sentence that its password file is not the right one',
    async () => {
      const file = join(dataDir, 'neo4j', 'password');
      const right = await readFile(file, 'utf8');
      await writeFile(file, 'wrong');
      await expect(EmbeddedNeo4j.start({ dataDir })).rejects.toThrow(
        /does not accept the password in .*: put/,
      );
      await writeFile(file, right);
    },
    BOOT_MS,
  );

  it(
    'gives up at once on a database whose files are damaged, with the reason of the server and the way out',
    async () => {
      await writeFile(join(dataDir, 'neo4j', 'data', 'databases', 'neo4j', 'neostore'), 'no store at all');
      await expect(EmbeddedNeo4j.start({ dataDir })).rejects.toThrow(
        /could not start its database \(.+\).*restore the backup of/s,
      );
    },
    BOOT_MS,
  );
});

describe('a connection to an existing Neo4j', () => {
  const open = (changes: Partial<Neo4jConnection>, patienceMs = 0): Promise<unknown> =>
    openDriver({ ...testConnection(), ...changes }, patienceMs);

  it('finds out the database once', async () => {
    const { driver, database } = await openDriver(testConnection());
    await driver.close();
    expect(database).toBe('neo4j');
  });

  it('fails at once on a wrong password, and says what to set', async () => {
    const started = performance.now();
    await expect(open({ password: 'wrong' }, 30_000)).rejects.toThrow(
      /refuses user 'neo4j': set NEO4J_USER and NEO4J_PASSWORD/,
    );
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('says that nothing answers, and what to check', async () => {
    const uri = `bolt://127.0.0.1:${await freePort()}`;
    const refused = open({ uri }, 600);
    await expect(refused).rejects.toThrow(BootError);
    await expect(refused).rejects.toThrow(
      new RegExp(`^Neo4j at ${uri} cannot be reached \\(connect ECONNREFUSED .*\\): check NEO4J_URI`),
    );
  });

  it('names a database that does not exist, and an address that cannot be read', async () => {
    await expect(open({ database: 'elsewhere' })).rejects.toThrow(/no database 'elsewhere'/);
    await expect(open({ uri: 'http://127.0.0.1' })).rejects.toThrow(/NEO4J_URI is not usable/);
  });
});
