import { fileURLToPath } from 'node:url';
import { createWebhook } from './events.js';
import type { Neo4j } from './neo4j.js';
import type { Receiver } from './receiver.js';
import { startService } from './service.js';
import { timedWrite } from './timed-write.js';

/** The capture plugin. */
export const JAR = fileURLToPath(new URL('../../capture-plugin/basset-capture.jar', import.meta.url));

/** Whatever a scenario waits for is there by then. */
export const PATIENCE_MS = 900_000;

/** A graph as the application has it: one project, and people known by their ids. */
export async function prepareGraph({ driver }: Neo4j): Promise<void> {
  await timedWrite(
    driver,
    'CREATE CONSTRAINT person IF NOT EXISTS FOR (n:Person) REQUIRE n.id IS UNIQUE',
    {},
    true,
  );
  await timedWrite(driver, "CREATE (:Project {id: 'u-1', safe_name: 'case', name: 'Case'})", {}, true);
}

/** A webhook for what the bare driver writes then. */
export async function webhookOn(neo4j: Neo4j, receiver: Receiver): Promise<string> {
  const service = await startService(neo4j, { CAPTURE: 'off' });
  const id = await createWebhook(service.api, `${receiver.base}/hook`);
  await service.stop();
  return id;
}
