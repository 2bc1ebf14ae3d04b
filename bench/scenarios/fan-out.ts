import { inParallel, until } from '../support/load.js';
import type { Report } from '../support/report.js';
import {
  createWebhook,
  eventJson,
  startReceiver,
  startService,
  type RunningNeo4j,
} from '../support/stack.js';

interface Case {
  readonly webhooks: number;
  readonly events: number;
}

async function fan(report: Report, neo4j: RunningNeo4j, { webhooks, events }: Case): Promise<void> {
  const receiver = await startReceiver();
  const service = await startService(neo4j);
  const ids: string[] = [];
  try {
    for (let i = 0; i < webhooks; i += 1)
      ids.push(await createWebhook(service.api, `${receiver.base}/hook/${i}`));
    await service.api.send('POST', '/api/v1/events', eventJson(0));
    await until('the warm-up is delivered', 60_000, async () => (await receiver.received()) >= webhooks);
    await receiver.control.send('POST', '/reset');
    const started = performance.now();
    await inParallel(events, 32, (i) => service.api.send('POST', '/api/v1/events', eventJson(i)));
    await until('all are delivered', 120_000, async () => (await receiver.received()) >= webhooks * events);
    const seconds = (performance.now() - started) / 1000;
    report.add(
      `${events} events to ${webhooks} webhooks`,
      'deliveries',
      (webhooks * events) / seconds,
      '1/s',
    );
  } finally {
    for (const id of ids) await service.api.send('DELETE', `/api/v1/webhooks/${id}`).catch(() => undefined);
    await service.stop();
    await receiver.stop();
  }
}

/** One event to many webhooks, throttle off. */
export async function fanOut(report: Report, neo4j: RunningNeo4j): Promise<void> {
  await fan(report, neo4j, { webhooks: 50, events: 200 });
  await fan(report, neo4j, { webhooks: 1000, events: 1 });
}
