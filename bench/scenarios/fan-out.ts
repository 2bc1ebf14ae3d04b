import { createWebhook, emitSingly } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { startService, type Service } from '../support/service.js';
import { LONG_WARM_UP, repeatedly, scaled } from '../support/sizes.js';
import { inParallel } from '../support/waiting.js';

const PATIENCE_MS = 180_000;
const CONCURRENCY = 32;

interface Case {
  readonly project: string;
  readonly webhooks: number;
  readonly events: number;
}

interface Stack {
  readonly service: Service;
  readonly receiver: Receiver;
  readonly neo4j: Neo4j;
}

async function fan(
  { service, receiver, neo4j }: Stack,
  events: number,
  { project, webhooks }: Case,
): Promise<number> {
  await receiver.tell('reset');
  const started = performance.now();
  await emitSingly(service.api, events, CONCURRENCY, project);
  await receiver.untilReceived(webhooks * events, PATIENCE_MS);
  const seconds = (performance.now() - started) / 1000;
  await neo4j.untilFinished(PATIENCE_MS);
  return (webhooks * events) / seconds;
}

async function measure(report: Report, stack: Stack, what: Case): Promise<void> {
  const { project, webhooks, events } = what;
  const { service, receiver } = stack;
  await inParallel(webhooks, 8, (i) =>
    createWebhook(service.api, `${receiver.base}/hook/${i}`, { project_id: project }),
  );
  await fan(stack, Math.ceil(LONG_WARM_UP / webhooks), what);
  await repeatedly(async () => {
    const subject = `${events} ${events === 1 ? 'event' : 'events'} to ${webhooks} webhooks`;
    report.add(subject, 'delivered', await fan(stack, events, what), '1/s');
  });
}

/** One event to many webhooks, throttle off. */
export async function fanOut(report: Report, neo4j: Neo4j): Promise<void> {
  const receiver = await Receiver.start();
  const service = await startService(neo4j);
  const stack = { service, receiver, neo4j };
  await measure(report, stack, { project: 'fifty', webhooks: scaled(50, 5), events: scaled(200, 20) });
  await measure(report, stack, { project: 'thousand', webhooks: scaled(1000, 50), events: 1 });
  await service.stop();
  await receiver.stop();
}
