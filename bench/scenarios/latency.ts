import { percentile, until } from '../support/load.js';
import type { Report } from '../support/report.js';
import {
  createWebhook,
  eventJson,
  startReceiver,
  startService,
  type RunningNeo4j,
  type Service,
} from '../support/stack.js';

const RATE = 100;
const SECONDS = 30;
const WARM_UP_SECONDS = 10;

const now = (): number => performance.timeOrigin + performance.now();

/** Emits at a fixed rate, open loop: a slow answer does not hold up the next event. Answers when each was called. */
export async function emitPaced(
  service: Service,
  seconds: number,
  rate: number,
): Promise<Map<string, number>> {
  const calls = new Map<string, number>();
  const pending: Promise<unknown>[] = [];
  const start = performance.now();
  for (let i = 0; i < seconds * rate; i += 1) {
    const wait = start + (i * 1000) / rate - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const called = now();
    const answer = service.api.send('POST', '/api/v1/events', eventJson(i)) as Promise<{ event_id: string }>;
    pending.push(answer.then(({ event_id }) => calls.set(event_id, called)));
  }
  await Promise.all(pending);
  return calls;
}

/** Time from the call to the arrival at the receiver, 100 events a second for 30 s; every event is durable before its answer. */
export async function latency(report: Report, neo4j: RunningNeo4j): Promise<void> {
  const receiver = await startReceiver();
  const service = await startService(neo4j);
  try {
    await createWebhook(service.api, `${receiver.base}/hook/timed`);
    await emitPaced(service, WARM_UP_SECONDS, RATE);
    await receiver.control.send('POST', '/reset');
    const calls = await emitPaced(service, SECONDS, RATE);
    await until('all are delivered', 30_000, async () => (await receiver.received()) >= calls.size);
    const { arrivals } = (await receiver.control.send('GET', '/arrivals')) as {
      arrivals: [string, number][];
    };
    const times = arrivals.map(([id, at]) => at - (calls.get(id) ?? Number.NaN)).sort((a, b) => a - b);
    report.add('latency at 100/s', 'call to arrival, p50', percentile(times, 0.5), 'ms');
    report.add('latency at 100/s', 'call to arrival, p99', percentile(times, 0.99), 'ms');
    report.add('latency at 100/s', 'call to arrival, worst', times.at(-1) ?? Number.NaN, 'ms');
  } finally {
    await service.stop();
    await receiver.stop();
  }
}
