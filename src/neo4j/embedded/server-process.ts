import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import neo4j from 'neo4j-driver';
import { BootError } from '../../common/boot-error.js';
import type { Neo4jConnection } from '../../config/service-options.js';
import type { Layout } from './layout.js';
import { isAlive } from './processes.js';

const JVM = [
  '-Xms512m',
  '-Xmx512m',
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/java.io=ALL-UNNAMED',
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
];
const POLL_MS = 100;

/** Starts the server in a process group of its own: Ctrl-C must not end it before the deliveries are handed back. */
export async function spawnServer(layout: Layout, java: string, classpath: string): Promise<number> {
  const log = await open(layout.log, 'w', 0o600);
  const main = 'org.neo4j.server.CommunityEntryPoint';
  const places = [`--home-dir=${layout.home}`, `--config-dir=${layout.conf}`];
  const child = spawn(java, [...JVM, '-cp', classpath, main, ...places], {
    cwd: layout.home,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref();
  await log.close();
  if (child.pid === undefined) throw new BootError(`${java} could not be started`);
  return child.pid;
}

/** Whether the server answers over Bolt with this password. */
export async function answers({ uri, user, password }: Neo4jConnection): Promise<boolean> {
  const driver = neo4j.driver(uri, neo4j.auth.basic(user, password), { connectionTimeout: 2000 });
  try {
    await driver.verifyConnectivity();
    return true;
  } catch {
    return false;
  } finally {
    await driver.close();
  }
}

/**
 * Resolves when the server answers; that, not a line in its log, means ready.
 * @throws BootError when the process ends or `timeoutMs` passes
 */
export async function untilReady(
  pid: number,
  connection: Neo4jConnection,
  layout: Layout,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await answers(connection))) {
    if (!isAlive(pid)) throw await failure(layout, 'ended while it started');
    if (performance.now() > deadline)
      throw await failure(layout, `did not answer within ${timeoutMs / 1000} s`);
    await pause(POLL_MS);
  }
}

async function failure(layout: Layout, what: string): Promise<BootError> {
  const output = await readFile(layout.log, 'utf8').catch(() => '');
  const tail = output.trim().split('\n').slice(-5).join('\n');
  return new BootError(`The embedded Neo4j ${what}. Its log is ${layout.log}; it ends with:\n${tail}`);
}
