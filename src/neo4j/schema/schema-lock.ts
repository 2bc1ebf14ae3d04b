import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '../../common/new-id.js';
import type { Neo4jGraph } from '../neo4j-graph.js';
import { CREATE_LOCK_CONSTRAINT, GIVE_BACK_LOCK, TAKE_LOCK } from './schema.cypher.js';

/** A process that was killed leaves the lock for so long, ms. */
const TERM_MS = 60_000;
const RENEW_MS = 15_000;
const RETRY_MS = 500;

/** Runs what only one process at a time may do to the schema; waits for the one that is at it. */
export async function withSchemaLock<T>(graph: Neo4jGraph, work: () => Promise<T>): Promise<T> {
  const holder = newId();
  const take = async (): Promise<boolean> =>
    (await graph.write(TAKE_LOCK, { holder, term: TERM_MS })).length > 0;
  await graph.write(CREATE_LOCK_CONSTRAINT);
  while (!(await take())) await pause(RETRY_MS);
  const renewal = setInterval(() => {
    void take().catch(() => undefined);
  }, RENEW_MS);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await graph.write(GIVE_BACK_LOCK, { holder });
  }
}
