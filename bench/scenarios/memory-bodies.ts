import { Client } from '../support/client.js';
import { createWebhook, setActive } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import { usageOf } from '../support/process-usage.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { startService, type Service } from '../support/service.js';
import { scaled } from '../support/sizes.js';
import { inParallel, now } from '../support/waiting.js';

const MIB = 1024 * 1024;
const PATIENCE_MS = 1800_000;
const WEBHOOKS = scaled(150, 20);
const LARGE_MIB = 15;
const LISTS = scaled(30, 8);
const BATCHES = scaled(200, 20);
const EVENTS = scaled(1000, 100);
const SUBSCRIBERS = scaled(500, 60);
/** What one batch may make. */
const MAX_DELIVERIES = 20_000;
/** Large events have to be allowed. */
const SETTINGS = { MAX_EVENT_BYTES: String(16 * MIB), MAX_BATCH_BYTES: String(32 * MIB) };
const MEASURE = 'resident: service, at most';

type Scene = { readonly report: Report; readonly neo4j: Neo4j; readonly receiver: Receiver };

function batchOf(count: number, mebibytes: number, projectId: string): string {
  const data = { text: 'x'.repeat(Math.round(mebibytes * MIB) - 200) };
  const event = JSON.stringify({ event: 'entity.created', project_id: projectId, data });
  return `{"events":[${Array.from({ length: count }, () => event).join()}]}`;
}

/** A client that waits: overload is latency. */
async function emit(service: Service, body: string): Promise<void> {
  const client = new Client(service.api.base, 1, PATIENCE_MS);
  await client.post('/api/v1/events/batch', body).finally(() => client.close());
}

async function subscribe(
  { receiver }: Scene,
  { api }: Service,
  count: number,
  project: string,
): Promise<string[]> {
  const ids: string[] = [];
  const more = { project_id: project, retry_config: { initial_delay: 1, max_delay: 5, max_retries: 10 } };
  await inParallel(count, 8, async () => {
    ids.push(await createWebhook(api, `${receiver.base}/hook`, more));
  });
  return ids;
}

async function drain(
  { report, neo4j }: Scene,
  service: Service,
  subject: string,
  from: number,
): Promise<void> {
  await neo4j.untilFinished(PATIENCE_MS);
  report.add(subject, 'until the last delivery', (now() - from) / 1000, 's');
  report.add(subject, MEASURE, usageOf(service.pid).peakMiB, 'MiB');
  report.add(subject, 'failed for good', (await neo4j.unfinished()).failed, 'deliveries');
}

/** Killed with large events pending, and started again. */
async function afterKill(scene: Scene): Promise<void> {
  const subject = `${WEBHOOKS} webhooks × 2 events of ${LARGE_MIB} MiB, kill -9, start`;
  const first = await startService(scene.neo4j, SETTINGS);
  await subscribe(scene, first, WEBHOOKS, 'kill');
  await scene.receiver.tell('down');
  await emit(first, batchOf(2, LARGE_MIB, 'kill'));
  await first.kill();
  await scene.receiver.tell('up');
  const started = now();
  const second = await startService(scene.neo4j, SETTINGS);
  await drain(scene, second, subject, started);
  await second.stop();
}

/** Many readers of pages full of large deliveries. */
async function lists(scene: Scene): Promise<void> {
  const subject = `${LISTS} lists of 100 × 1 MiB at once`;
  const service = await startService(scene.neo4j, SETTINGS);
  await subscribe(scene, service, 1, 'lists');
  for (let i = 0; i < 10; i += 1) await emit(service, batchOf(10, 1, 'lists'));
  await scene.neo4j.untilFinished(PATIENCE_MS);
  const before = usageOf(service.pid).peakMiB;
  const started = now();
  const client = new Client(service.api.base, LISTS, PATIENCE_MS);
  await inParallel(LISTS, LISTS, () => client.get('/api/v1/webhooks/deliveries?limit=100'));
  scene.report.add(subject, 'until all are answered', (now() - started) / 1000, 's');
  scene.report.add(subject, 'resident: service, at most, before', before, 'MiB');
  scene.report.add(subject, MEASURE, usageOf(service.pid).peakMiB, 'MiB');
  await client.close();
  await service.stop();
}

/** Many large batches at the same time. */
async function batches(scene: Scene): Promise<void> {
  const subject = `${BATCHES} batches of 16 MiB at once`;
  const service = await startService(scene.neo4j, SETTINGS);
  const body = batchOf(16, 0.99, 'batches');
  const started = now();
  await inParallel(BATCHES, BATCHES, () => emit(service, body));
  scene.report.add(subject, 'until all are accepted', (now() - started) / 1000, 's');
  scene.report.add(subject, MEASURE, usageOf(service.pid).peakMiB, 'MiB');
  await service.stop();
}

/** One batch for very many subscribers: refused when it makes more than one transaction can hold; then the largest that is not. */
async function wide(scene: Scene): Promise<void> {
  const subject = `${EVENTS} events × ${SUBSCRIBERS} webhooks`;
  const service = await startService(scene.neo4j, SETTINGS);
  const ids = await subscribe(scene, service, SUBSCRIBERS, 'wide');
  const asOne = await emit(service, batchOf(EVENTS, 0.0005, 'wide')).then(
    () => 202,
    (error: unknown) => Number(/answered (\d+)/.exec(String(error))?.[1] ?? 0),
  );
  scene.report.add(subject, 'in one batch: answer', asOne, '');
  const started = now();
  if (asOne !== 202) {
    const fitting = Math.floor(MAX_DELIVERIES / SUBSCRIBERS);
    await emit(service, batchOf(fitting, 0.0005, 'wide'));
    scene.report.add(
      subject,
      `${fitting} of them in one batch: until accepted`,
      (now() - started) / 1000,
      's',
    );
  }
  await drain(scene, service, subject, started);
  await setActive(service.api, ids, false);
  await service.stop();
}

/** The largest requests that are allowed: what the service has resident, and whether Neo4j (512 MiB of heap) survives. */
export async function memoryBodies(report: Report, neo4j: Neo4j): Promise<void> {
  const receiver = await Receiver.start();
  const scene = { report, neo4j, receiver };
  for (const part of [afterKill, lists, batches, wide]) await part(scene);
  await receiver.stop();
}
