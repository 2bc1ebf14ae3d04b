import { Logger } from '@nestjs/common';
import type { Neo4jGraph } from '../neo4j-graph.js';
import { text } from '../row.js';
import { withSchemaLock } from './schema-lock.js';
import { PRESENT_INDEXES } from './schema.cypher.js';

const NAMED = /^CREATE (?:CONSTRAINT|INDEX) (\w+) IF NOT EXISTS/;

/** A constraint or an index, and the statement that makes it. */
export interface SchemaPart {
  readonly name: string;
  readonly statement: string;
}

/** The constraints and indexes among the statements of the schema. */
export function partsOf(statements: readonly string[]): SchemaPart[] {
  return statements.flatMap((statement) => {
    const name = NAMED.exec(statement)?.[1];
    return name === undefined ? [] : [{ name, statement }];
  });
}

/** Those that are not in the graph. A constraint has an index of its name. */
async function missingOf(graph: Neo4jGraph, parts: readonly SchemaPart[]): Promise<SchemaPart[]> {
  const present = new Set((await graph.read(PRESENT_INDEXES)).map((row) => text(row, 'name')));
  return parts.filter(({ name }) => !present.has(name));
}

/**
 * Makes anew what somebody has dropped: one statement (`apoc.schema.assert`) is enough to take all of it away, and then
 * everything goes on, by scans of whole labels, and with ids that are no longer unique.
 *
 * @param make answers whether it is made
 */
export async function restoreParts(
  graph: Neo4jGraph,
  parts: readonly SchemaPart[],
  make: (part: SchemaPart) => Promise<boolean>,
): Promise<void> {
  if ((await missingOf(graph, parts)).length === 0) return;
  const logger = new Logger('Schema');
  await withSchemaLock(graph, async () => {
    for (const part of await missingOf(graph, parts)) {
      if (await make(part)) logger.warn(`${part.name} had been dropped from the graph; it is made anew`);
    }
  });
}
