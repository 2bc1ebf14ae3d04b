import { percentile, until } from '../support/load.js';
import type { Report } from '../support/report.js';
import { createWebhook, startReceiver, startService, type RunningNeo4j } from '../support/stack.js';
import { emitPaced } from './latency.js';

const SECONDS = 20;

interface Case {
  readonly name: string;
  readonly hanging: number;
  readonly healthy: number;
}

async function timed(report: Report, neo4j: RunningNeo4j, { name, hanging, healthy }: Case): Promise<number> {
  const receiver = await startReceiver();
  const service = await startService(neo4j);
  const ids: string[] = [];
  try {
    for (let i = 0; i < hanging; i += 1)
      ids.push(await createWebhook(service.api, `${receiver.base}/hang/${i}`));
    ids.push(await createWebhook(service.api, `${receiver.base}/hook/timed`));
    for (let i = 1; i < healthy; i += 1)
      ids.push(await createWebhook(service.api, `${receiver.base}/hook/${i}`));
    await emitPaced(service, 3, 100);
    await receiver.control.send('POST', '/reset');
    const calls = await emitPaced(service, SECONDS, 100);
    const expected = calls.size * healthy;
    await until('the healthy are served', 60_000, async () => (await receiver.received()) >= expected);
    const { arrivals } = (await receiver.control.send('GET', '/arrivals')) as {
      arrivals: [string, number][];
    };
    const known = arrivals.filter(([id]) => calls.has(id));
    const times = known.map(([id, at]) => at - (calls.get(id) ?? Number.NaN)).sort((a, b) => a - b);
    report.add(name, 'healthy webhook, p50', percentile(times, 0.5), 'ms');
    report.add(name, 'healthy webhook, p99', percentile(times, 0.99), 'ms');
    return percentile(times, 0.99);
  } finally {
    for (const id of ids) await service.api.send('DELETE', `/api/v1/webhooks/${id}`).catch(() => undefined);
    await service.stop();
    await receiver.stop();
  }
}

/** Webhooks on one receiver host at 100 events/s, some of which hang for 15 s: what the healthy ones notice of it. */
export async function isolation(report: Report, neo4j: RunningNeo4j): Promise<void> {
  const alone = await timed(report, neo4j, { name: 'none of 10 hangs', hanging: 0, healthy: 10 });
  const five = await timed(report, neo4j, { name: '5 of 10 hang', hanging: 5, healthy: 5 });
  report.add('isolation', 'p99 with 5 hanging / with none', five / alone, '×');
}

/** The same with 500 hanging webhooks and 5 healthy ones, at 10 events/s (5,050 deliveries/s). */
export async function isolationMany(report: Report, neo4j: RunningNeo4j): Promise<void> {
  await timed(report, neo4j, { name: '500 of 505 hang', hanging: 500, healthy: 5 });
}
