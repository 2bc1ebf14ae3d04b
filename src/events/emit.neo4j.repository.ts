import { EMIT_EVENT } from './event.cypher.js';

/** A transaction that the caller has opened on the Neo4j of this service, with whichever version of neo4j-driver. */
export interface GraphTransaction {
  run(cypher: string, parameters: Record<string, unknown>): PromiseLike<unknown>;
}

/** Writes a row of the outbox by a transaction that is not ours. */
export async function writeEmission(
  transaction: GraphTransaction,
  row: Readonly<Record<string, string>>,
): Promise<void> {
  await transaction.run(EMIT_EVENT, { row });
}
