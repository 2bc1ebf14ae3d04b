import { inParallel, until } from '../support/load.js';
import { CpuMeter, usageOf } from '../support/process-usage.js';
import type { Report } from '../support/report.js';
import {
  createWebhook,
  eventJson,
  startReceiver,
  startService,
  type BenchReceiver,
  type RunningNeo4j,
  type Service,
} from '../support/stack.js';

const EVENTS = 20_000;
const BATCH = 100;
const WARM_UP = 10_000;

/** One way to emit `count` events; resolves when all are accepted. */
type Emit = (service: Service, count: number) => Promise<void>;

const one: Emit = (service, count) =>
  inParallel(count, 32, (index) => service.api.send('POST', '/api/v1/events', eventJson(index)));

const batches: Emit = (service, count) =>
  inParallel(count / BATCH, 4, (index) => {
    const events = Array.from({ length: BATCH }, (_, i) => eventJson(index * BATCH + i));
    return service.api.send('POST', '/api/v1/events/batch', `{"events":[${events.join(',')}]}`);
  });

async function measure(
  report: Report,
  name: string,
  stack: { neo4j: RunningNeo4j; service: Service; receiver: BenchReceiver },
  emit: Emit,
): Promise<void> {
  const { neo4j, service, receiver } = stack;
  await receiver.control.send('POST', '/reset');
  const pids = { service: service.pid, neo4j: neo4j.pid, receiver: receiver.pid };
  const cpu = new CpuMeter(pids);
  const started = performance.now();
  await emit(service, EVENTS);
  const accepted = performance.now() - started;
  await until('all are delivered', 120_000, async () => (await receiver.received()) >= EVENTS);
  const delivered = performance.now() - started;
  const used = cpu.read();
  report.add(name, 'accepted', EVENTS / (accepted / 1000), '1/s');
  report.add(name, 'delivered', EVENTS / (delivered / 1000), '1/s');
  for (const [process, seconds] of Object.entries(used)) {
    report.add(name, `CPU per event: ${process}`, (seconds / EVENTS) * 1000, 'ms');
  }
  const total = Object.values(used).reduce((sum, seconds) => sum + seconds, 0);
  report.add(name, 'CPU per event: all three', (total / EVENTS) * 1000, 'ms');
  for (const [process, pid] of Object.entries(pids)) {
    report.add(name, `resident: ${process}`, usageOf(pid).rssMiB, 'MiB');
  }
}

/** 20,000 events of about 400 bytes to one webhook, throttle off: one by one, and in batches of 100. */
export async function throughput(report: Report, neo4j: RunningNeo4j): Promise<void> {
  const receiver = await startReceiver();
  const service = await startService(neo4j);
  try {
    await createWebhook(service.api, `${receiver.base}/hook`);
    await one(service, WARM_UP);
    await until('the warm-up is delivered', 60_000, async () => (await receiver.received()) >= WARM_UP);
    await measure(report, 'POST /events, 32 at a time', { neo4j, service, receiver }, one);
    await measure(report, 'POST /events/batch of 100', { neo4j, service, receiver }, batches);
  } finally {
    await service.stop();
    await receiver.stop();
  }
}
