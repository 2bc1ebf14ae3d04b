import './typescript.mjs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './command.mjs';

const CAPTURE_JAR = join(ROOT, 'capture-plugin', 'basset-capture.jar');

/**
 * One real Neo4j for a whole test run, its files in the temporary directory; or the one that TEST_NEO4J_URI names.
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
