import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import neo4j, { type Driver } from 'neo4j-driver';
import { codeOf, messageOf } from '../../common/caught.js';
import { BootError } from '../../common/boot-error.js';
import type { Neo4jConnection } from '../../config/service-options.js';
import { isUnauthorized } from '../driver-errors.js';
import type { Memory } from './configuration.js';
import type { Layout } from './layout.js';
import { whyItFailed } from './server-log.js';
import { isAlive } from './processes.js';

const JVM = [
  // Measured on 2 cores beside the default G1: 210 MiB less resident, a tenth less CPU for each event.
  '-XX:+UseSerialGC',
  // A server without memory lives on and answers nothing; one that ends is started again.
  '-XX:+ExitOnOutOfMemoryError',
  '--add-opens=java.base/java.nio=ALL-UNNAMED',
  '--add-opens=java.base/java.io=ALL-UNNAMED',
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
];
const POLL_MS = 100;
const PROBE_TIMEOUT_MS = 5000;

/** Starts the server in a process group of its own: Ctrl-C must not end it before the deliveries are handed back. */
export async function spawnServer(
  layout: Layout,
  java: string,
  classpath: string,
  { heap }: Memory,
): Promise<number> {
  const log = await open(layout.log, 'w', 0o600);
  const main = 'org.neo4j.server.CommunityEntryPoint';
  const places = [`--home-dir=${layout.home}`, `--config-dir=${layout.conf}`];
  const child = spawn(java, [`-Xms${heap}`, `-Xmx${heap}`, ...JVM, '-cp', classpath, main, ...places], {
    cwd: layout.home,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new BootError(`${java} could not be started: ${messageOf(error)}`);
  } finally {
    await log.close();
  }
  child.unref();
  return child.pid as number;
}

/** What a server said. `refused`: it answers, but not with this password. */
export interface ServerState {
  readonly kind: 'ready' | 'refused' | 'away';
  /** Why it has given up its database, in its own words: it does not come back to it by itself. */
  readonly givenUp?: string;
}

const WHY_NOT = `
SHOW DATABASE neo4j YIELD currentStatus, requestedStatus, statusMessage
WHERE requestedStatus = 'online' AND currentStatus <> 'online' AND statusMessage <> ''
RETURN statusMessage AS why
`;

/** A database that is slow to start has no message; one whose start has failed has the reason. */
async function givenUp(driver: Driver): Promise<string | undefined> {
  const session = driver.session({ database: 'system' });
  try {
    const why: unknown = (await session.run(WHY_NOT)).records[0]?.get('why');
    return typeof why === 'string' ? why : undefined;
  } catch {
    return undefined;
  } finally {
    await session.close();
  }
}

/** Asks the database itself: a server may answer before its database does. */
export async function probe({ uri, user, password }: Neo4jConnection): Promise<ServerState> {
  const driver = neo4j.driver(uri, neo4j.auth.basic(user, password), {
    connectionTimeout: PROBE_TIMEOUT_MS,
    connectionAcquisitionTimeout: PROBE_TIMEOUT_MS,
    telemetryDisabled: true,
  });
  const session = driver.session({ database: 'neo4j' });
  try {
    await session.run('RETURN 1');
    return { kind: 'ready' };
  } catch (error) {
    if (isUnauthorized(error)) return { kind: 'refused' };
    const why = codeOf(error)?.startsWith('Neo.') ? await givenUp(driver) : undefined;
    return { kind: 'away', ...(why !== undefined && { givenUp: why }) };
  } finally {
    await session.close();
    await driver.close();
  }
}

/**
 * Resolves when the server answers; that, not a line in its log, means ready.
 * @throws BootError when the process ends, does not accept the password, has given up its database, or `timeoutMs` passes
 */
export async function untilReady(
  pid: number,
  connection: Neo4jConnection,
  layout: Layout,
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const state = await probe(connection);
    if (state.kind === 'ready') return;
    if (state.kind === 'refused') throw wrongPassword(layout);
    if (state.givenUp !== undefined)
      throw await failure(layout, `could not start its database (${state.givenUp})`);
    if (!isAlive(pid)) throw await failure(layout, 'ended while it started');
    if (performance.now() > deadline)
      throw await failure(layout, `did not answer within ${timeoutMs / 1000} s`);
    await pause(POLL_MS);
  }
}

function wrongPassword({ home, password }: Layout): BootError {
  return new BootError(
    `The embedded Neo4j does not accept the password in ${password}: put the right one back, ` +
      `or move ${home} away to start with an empty graph.`,
  );
}

async function failure(layout: Layout, what: string): Promise<BootError> {
  return new BootError(`The embedded Neo4j ${what}. ${await whyItFailed(layout)}`);
}
