import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import neo4j, { type Driver } from 'neo4j-driver';
import { messageOf } from '../common/caught.js';
import { BootError } from '../common/boot-error.js';
import { VERSION } from '../common/version.js';
import type { Neo4jConnection } from '../config/service-options.js';
import { faultOf, isMissingDatabase, reasonOf } from './driver-errors.js';
import { expectKnownServer } from './server-version.js';

/** A server that is still starting, as in docker-compose, is waited for, and so is its first answer. */
export const BOOT_PATIENCE_MS = 30_000;
/** Its databases come soon after it: one that is still missing then is not there. */
const DATABASE_PATIENCE_MS = 5000;
const BOOT_PAUSE_MS = 500;
const POOL_SIZE = 50;

/** @throws BootError when the address cannot be read */
export function createDriver({ uri, user, password }: Neo4jConnection, poolSize = POOL_SIZE): Driver {
  try {
    return neo4j.driver(uri, neo4j.auth.basic(user, password), {
      disableLosslessIntegers: true,
      maxConnectionPoolSize: poolSize,
      connectionAcquisitionTimeout: 10_000,
      connectionTimeout: 5000,
      telemetryDisabled: true,
      notificationFilter: { minimumSeverityLevel: 'OFF' },
      userAgent: `basset-hound-webhooks/${VERSION}`,
    });
  } catch (error) {
    throw new BootError(`NEO4J_URI is not usable: ${messageOf(error)}. Example: bolt://127.0.0.1:7687`);
  }
}

function explain(error: unknown, { uri, user, database }: Neo4jConnection): BootError {
  if (faultOf(error) === 'refused') {
    return new BootError(
      `Neo4j at ${uri} refuses user '${user}': set NEO4J_USER and NEO4J_PASSWORD to credentials that it accepts.`,
    );
  }
  if (isMissingDatabase(error)) {
    return new BootError(
      `Neo4j at ${uri} has no database '${database}': create it or correct NEO4J_DATABASE.`,
    );
  }
  return new BootError(
    `Neo4j at ${uri} cannot be reached (${reasonOf(error)}): check NEO4J_URI and that the server runs, ` +
      `or unset NEO4J_URI to start an embedded one.`,
  );
}

/** The name of the database: the one asked for, or the user's home database. Fails when there is none. */
async function databaseOf(driver: Driver, { uri, database }: Neo4jConnection): Promise<string> {
  const session = driver.session(database === undefined ? {} : { database });
  try {
    const { summary } = await session.run('RETURN 1 AS one');
    expectKnownServer(summary.server.agent, uri);
    return summary.database.name ?? database ?? 'neo4j';
  } finally {
    await session.close();
  }
}

/** How long this error is borne with, ms after the first try. */
function patienceWith(error: unknown, patienceMs: number): number {
  const fault = faultOf(error);
  if (fault === undefined || fault === 'refused') return 0;
  return isMissingDatabase(error) ? Math.min(patienceMs, DATABASE_PATIENCE_MS) : patienceMs;
}

/**
 * Connects, and finds out the database so that no session has to ask for it again.
 * @throws BootError with one sentence that says what to do
 */
export async function openDriver(
  connection: Neo4jConnection,
  patienceMs = BOOT_PATIENCE_MS,
): Promise<{ readonly driver: Driver; readonly database: string }> {
  const logger = new Logger('Neo4j');
  const driver = createDriver(connection);
  const started = performance.now();
  for (let tries = 0; ; tries += 1) {
    try {
      return { driver, database: await databaseOf(driver, connection) };
    } catch (error) {
      if (performance.now() - started >= patienceWith(error, patienceMs)) {
        await driver.close();
        throw error instanceof BootError ? error : explain(error, connection);
      }
      if (tries % 10 === 0) logger.log(`Waiting for Neo4j at ${connection.uri}`);
      await pause(BOOT_PAUSE_MS);
    }
  }
}
