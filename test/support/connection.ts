import type { Neo4jConnection } from '../../src/config/service-options.js';

/** The Neo4j of this test run, as the test runner passed it. */
export function testConnection(): Neo4jConnection {
  return {
    uri: variable('TEST_NEO4J_URI'),
    user: process.env['TEST_NEO4J_USER'] ?? 'neo4j',
    password: variable('TEST_NEO4J_PASSWORD'),
  };
}

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests with npm run test:integration or test:e2e`);
  return value;
}
