import { describe, expect, it } from '@jest/globals';
import { Neo4jError } from 'neo4j-driver';
import { DEFAULT_OPTIONS } from '../config/resolve-options.js';
import { GraphUnavailableError } from '../neo4j/graph-errors.js';
import type { Neo4jGraph, SystemGraph } from '../neo4j/neo4j-graph.js';
import { ApocCapture } from './apoc-capture.js';
import { ApocRepository } from './apoc.neo4j.repository.js';

const switchedOff = new Neo4jError(
  'Triggers have not been enabled',
  'Neo.ClientError.Procedure.ProcedureCallFailed',
  '50N42',
  'why',
);

/** APOC is there, and asked for its triggers it answers so. */
function captureOn(answer: () => Promise<object[]>): ApocCapture {
  const read = async (cypher: string): Promise<object[]> =>
    cypher.includes('SHOW PROCEDURES') ? [{ procedures: 3 }] : answer();
  const repository = new ApocRepository({ read } as unknown as Neo4jGraph, {} as SystemGraph);
  return new ApocCapture(repository, DEFAULT_OPTIONS);
}

describe('the trigger of APOC', () => {
  it.each<[string, () => Promise<object[]>, boolean]>([
    ['is there', async () => [{ paused: false }], true],
    ['is paused', async () => [{ paused: true }], false],
    ['is not installed', async () => [], false],
    ['cannot be, where triggers are switched off', () => Promise.reject(switchedOff), false],
  ])('%s', async (_, answer, isActive) => {
    expect(await captureOn(answer).isActive()).toBe(isActive);
  });

  it('is not gone because Neo4j does not answer: that would be taken for a gap', async () => {
    const away = (): Promise<object[]> => Promise.reject(new GraphUnavailableError());
    await expect(captureOn(away).isActive()).rejects.toThrow(GraphUnavailableError);
  });
});
