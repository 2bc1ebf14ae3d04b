import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { BootError } from '../../common/boot-error.js';
import type { Neo4jGraph } from '../neo4j-graph.js';
import { text } from '../row.js';
import { APPLIED_MIGRATIONS, AWAIT_INDEXES, RECORD_MIGRATION } from './schema.cypher.js';

const DIRECTORY = fileURLToPath(new URL('.', import.meta.url));

/** The statements of a schema file: separated by a semicolon at the end of a line, comments left out. */
export function statementsOf(source: string): string[] {
  return source
    .replace(/^\s*\/\/.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/** The numbered files, in order. A build that left them out would work, without a single index. */
async function schemaFiles(directory: string): Promise<string[]> {
  const files = (await readdir(directory)).filter((name) => /^\d{3}-.*\.cypher$/.test(name)).sort();
  if (files.length > 0) return files;
  throw new BootError(`No schema (001-*.cypher) in ${directory}: build with npm run build, which copies it.`);
}

/**
 * Applies the numbered `.cypher` files of a folder, in order, each once. Every statement is idempotent
 * (IF NOT EXISTS), so two processes that start at the same time do no harm.
 *
 * @throws BootError when there are none
 */
export async function migrateSchema(graph: Neo4jGraph, directory = DIRECTORY): Promise<void> {
  const files = await schemaFiles(directory);
  const logger = new Logger('Schema');
  const applied = new Set((await graph.read(APPLIED_MIGRATIONS)).map((row) => text(row, 'id')));
  for (const file of files.filter((name) => !applied.has(name))) {
    for (const statement of statementsOf(await readFile(join(directory, file), 'utf8'))) {
      await graph.write(statement);
    }
    await graph.write(RECORD_MIGRATION, { id: file, now: new Date().toISOString() });
    logger.log(`Applied ${file}`);
  }
  await graph.read(AWAIT_INDEXES);
}
