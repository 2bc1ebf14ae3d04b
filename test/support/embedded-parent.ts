import { EmbeddedNeo4j } from '../../src/neo4j/embedded/embedded-neo4j.js';

/** A process that keeps an embedded Neo4j until it is killed: `embedded-parent.ts <data directory>`. */
const { pid, connection } = await EmbeddedNeo4j.start({ dataDir: process.argv[2] ?? './data' });
console.log(JSON.stringify({ pid, connection }));
setInterval(() => undefined, 60_000);
