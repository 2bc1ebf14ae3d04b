import { createWebhook, emitInBatches, emitSingly } from './events.js';
import { WARM_UP } from './sizes.js';
import type { Stack } from './stack.js';

const PATIENCE_MS = 300_000;

/** How a webhook retries, as the API takes it. */
export interface Retry {
  readonly initial_delay: number;
  readonly max_delay: number;
}

/** What an outage left. */
export interface Backlog {
  readonly pending: number;
  readonly acceptedPerSecond: number;
}

/** Creates the webhook and warms everything up while its receiver still answers. */
export async function beforeOutage(
  { service, receiver, neo4j }: Stack,
  retry: Retry,
  projectId: string | null = null,
): Promise<void> {
  await createWebhook(service.api, `${receiver.base}/hook`, {
    project_id: projectId,
    retry_config: { ...retry, max_retries: 10 },
  });
  await emitSingly(service.api, WARM_UP, 32, projectId);
  await neo4j.untilFinished(PATIENCE_MS);
  await receiver.tell('reset');
}

/**
 * An outage as it happens: the receiver refuses connections while events come in, in batches at full speed. The
 * service goes on trying all the while; nothing is held back for the sake of the benchmark.
 */
export async function duringOutage(
  { service, receiver, neo4j }: Stack,
  count: number,
  projectId: string | null = null,
): Promise<Backlog> {
  await receiver.tell('down');
  const started = performance.now();
  const accepted = await emitInBatches(service.api, count, projectId);
  const seconds = (performance.now() - started) / 1000;
  const { pending } = await neo4j.unfinished();
  return { pending, acceptedPerSecond: accepted / seconds };
}
