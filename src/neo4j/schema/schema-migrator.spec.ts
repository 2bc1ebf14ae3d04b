import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { BootError } from '../../common/boot-error.js';
import type { Neo4jGraph } from '../neo4j-graph.js';
import { migrateSchema } from './schema-migrator.js';

it('does not start without the schema: a build that left it out would work without a single index', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'basset-schema-'));
  try {
    const migrated = migrateSchema({} as Neo4jGraph, empty);
    await expect(migrated).rejects.toThrow(BootError);
    await expect(migrated).rejects.toThrow(/npm run build/);
  } finally {
    await rm(empty, { recursive: true });
  }
});
