import type { Neo4jConnection } from '../../src/config/service-options.js';

/** The Neo4j of this worker of Jest, as the test runner passed it. */
export function testConnection(): Neo4jConnection {
  return {
    uri: variable('TEST_NEO4J_URI'),
    user: ofWorker('TEST_NEO4J_USER') ?? 'neo4j',
    password: variable('TEST_NEO4J_PASSWORD'),
  };
}

function ofWorker(name: string): string | undefined {
  return process.env[`${name}_${process.env['JEST_WORKER_ID']}`] ?? process.env[name];
}

function variable(name: string): string {
  const value = ofWorker(name);
  if (!value) throw new Error(`${name} is not set: run the tests with npm run test:integration or test:e2e`);
  return value;
}
