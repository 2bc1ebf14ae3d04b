import type { Neo4j } from './neo4j.js';
import { Receiver } from './receiver.js';
import { startService, type Service } from './service.js';

/** Neo4j, service and receiver, each a process of its own. */
export interface Stack {
  readonly neo4j: Neo4j;
  readonly service: Service;
  readonly receiver: Receiver;
}

/** Runs `work` with a service and a receiver, and stops both. What fails is ended by the benchmark as a whole. */
export async function withStack(
  neo4j: Neo4j,
  work: (stack: Stack) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const receiver = await Receiver.start();
  const service = await startService(neo4j, env);
  await work({ neo4j, service, receiver });
  await service.stop();
  await receiver.stop();
}
