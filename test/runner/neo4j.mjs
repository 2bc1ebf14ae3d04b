import './typescript.mjs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './command.mjs';

const CAPTURE_JAR = join(ROOT, 'capture-plugin', 'basset-capture.jar');

/**
 * Every Java that a test starts compiles only what is cheap to compile: most of them live for seconds. Half of the CPU
 * of a start, and a third of that of a run, went into code that was hardly used again.
 */
process.env.JAVA_TOOL_OPTIONS ??= '-XX:TieredStopAtLevel=1';

/**
 * One real Neo4j, its files in the temporary directory; or the one that TEST_NEO4J_URI names.
 *
 * @returns {Promise<{ env: Record<string, string>, stop: () => Promise<void> }>}
 */
export async function startTestNeo4j() {
  if (process.env.TEST_NEO4J_URI) return { env: {}, stop: async () => {} };
  const { EmbeddedNeo4j } = await import('../../src/neo4j/embedded/embedded-neo4j.ts');
  const dataDir = await mkdtemp(join(tmpdir(), 'basset-hound-webhooks-test-'));
  const neo4j = await EmbeddedNeo4j.start({ dataDir, plugins: [CAPTURE_JAR] });
  const { uri, user, password } = neo4j.connection;
  return {
    env: { TEST_NEO4J_URI: uri, TEST_NEO4J_USER: user, TEST_NEO4J_PASSWORD: password },
    stop: async () => {
      await neo4j.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The variables of the Neo4j of one worker of Jest, as `test/support/connection.ts` reads them. */
const ofWorker = (env, index) =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [`${name}_${index + 1}`, value]));

/**
 * A Neo4j for each worker of Jest, so that no test sees what another one does.
 *
 * @param {number} workers
 * @returns {Promise<{ env: Record<string, string>, each: Record<string, string>[], stop: () => Promise<void> }>}
 *   `env` tells all of them to Jest; `each` is for what has one of them for itself
 */
export async function startTestNeo4js(workers) {
  // Alone, because it fetches the server when there is none.
  const servers = [await startTestNeo4j()];
  const stop = async () => void (await Promise.all(servers.map((server) => server.stop())));
  const others = Array.from({ length: workers - 1 }, () => startTestNeo4j());
  for (const other of await Promise.allSettled(others)) {
    if (other.status === 'fulfilled') servers.push(other.value);
  }
  if (servers.length === workers) {
    const each = servers.map(({ env }) => env);
    return { env: Object.assign({ ...each[0] }, ...each.map(ofWorker)), each, stop };
  }
  await stop();
  throw new Error('A Neo4j for the tests did not start');
}
