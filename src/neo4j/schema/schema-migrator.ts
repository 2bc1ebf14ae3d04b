import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { BootError } from '../../common/boot-error.js';
import { messageOf } from '../../common/caught.js';
import { GraphUnavailableError } from '../graph-errors.js';
import type { Neo4jGraph } from '../neo4j-graph.js';
import { text, textOrNull } from '../row.js';
import { withSchemaLock } from './schema-lock.js';
import { partsOf, restoreParts, type SchemaPart } from './schema-parts.js';
import { APPLIED_MIGRATIONS, AWAIT_INDEXES, RECORD_MIGRATION } from './schema.cypher.js';

/** A constraint or an index of a large graph takes its time. */
const LIMIT_MS = 30 * 60_000;
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

/** A numbered file and what it says; comments and layout do not count. */
interface Migration {
  readonly id: string;
  readonly statements: readonly string[];
  readonly checksum: string;
}

async function readMigration(directory: string, id: string): Promise<Migration> {
  const statements = statementsOf(await readFile(join(directory, id), 'utf8'));
  const plain = statements.map((statement) => statement.replace(/\s+/g, ' ')).join(';');
  return { id, statements, checksum: createHash('sha256').update(plain).digest('hex') };
}

/** id → checksum; null for what was applied before checksums were kept. */
async function appliedTo(graph: Neo4jGraph): Promise<Map<string, string | null>> {
  const rows = await graph.read(APPLIED_MIGRATIONS);
  return new Map(rows.map((row) => [text(row, 'id'), textOrNull(row, 'checksum')]));
}

/** @throws BootError when the graph has what this build does not know, or knows otherwise */
function expectOurs(applied: ReadonlyMap<string, string | null>, migrations: readonly Migration[]): void {
  const unknown = [...applied.keys()].filter((id) => !migrations.some((migration) => migration.id === id));
  if (unknown.length > 0)
    throw new BootError(
      `The graph was set up by a newer version (${unknown.sort().join(', ')}): start that one, or restore a backup from before.`,
    );
  const changed = migrations.find(({ id, checksum }) => (applied.get(id) ?? checksum) !== checksum);
  if (changed)
    throw new BootError(
      `The schema file ${changed.id} is not the one that was applied to the graph: install the release again.`,
    );
}

/** Two nodes with one id, an index of the same name: what others have in the graph, and only they can put right. */
function inTheWay(id: string, error: unknown): unknown {
  if (error instanceof GraphUnavailableError) return error;
  return new BootError(
    `The graph cannot be set up (${id}): ${messageOf(error)}. Put that right in the graph and start again.`,
  );
}

/** @throws BootError */
async function run(graph: Neo4jGraph, name: string, statements: readonly string[]): Promise<void> {
  try {
    for (const statement of statements) await graph.write(statement, {}, { limitMs: LIMIT_MS });
  } catch (error) {
    throw inTheWay(name, error);
  }
}

async function apply(graph: Neo4jGraph, { id, statements, checksum }: Migration): Promise<void> {
  await run(graph, id, statements);
  await graph.write(RECORD_MIGRATION, { id, checksum, now: new Date().toISOString() });
}

/** One process applies them, those that start meanwhile wait and find it done. */
async function applyAll(graph: Neo4jGraph, migrations: readonly Migration[]): Promise<void> {
  const logger = new Logger('Schema');
  await withSchemaLock(graph, async () => {
    const applied = await appliedTo(graph);
    expectOurs(applied, migrations);
    for (const migration of migrations.filter(({ id }) => applied.get(id) == null)) {
      await apply(graph, migration);
      logger.log(`Applied ${migration.id}`);
    }
  });
}

async function readMigrations(directory: string): Promise<Migration[]> {
  const files = await schemaFiles(directory);
  return Promise.all(files.map((file) => readMigration(directory, file)));
}

const partsIn = (migrations: readonly Migration[]): SchemaPart[] =>
  partsOf(migrations.flatMap(({ statements }) => statements));

async function make(graph: Neo4jGraph, { name, statement }: SchemaPart): Promise<boolean> {
  await run(graph, name, [statement]);
  return true;
}

/** @param told of each constraint or index that cannot be made anew, why */
export async function restoreSchema(graph: Neo4jGraph, told: (trouble: string) => void): Promise<void> {
  const parts = partsIn(await readMigrations(DIRECTORY));
  await restoreParts(graph, parts, (part) =>
    make(graph, part).catch((error: unknown) => {
      if (!(error instanceof BootError)) throw error;
      told(error.message);
      return false;
    }),
  );
}

/**
 * Applies the numbered `.cypher` files of a folder, in order, each once; every statement may be repeated (IF NOT EXISTS).
 *
 * @throws BootError when there are none, or when the graph belongs to another version
 */
export async function migrateSchema(graph: Neo4jGraph, directory = DIRECTORY): Promise<void> {
  const migrations = await readMigrations(directory);
  const applied = await appliedTo(graph);
  expectOurs(applied, migrations);
  if (migrations.some(({ id }) => applied.get(id) == null)) await applyAll(graph, migrations);
  await restoreParts(graph, partsIn(migrations), (part) => make(graph, part));
  await graph.read(AWAIT_INDEXES, {}, { limitMs: LIMIT_MS });
}
