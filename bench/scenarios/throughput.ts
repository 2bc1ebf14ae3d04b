import { BATCH, createWebhook, emitInBatches, emitSingly } from '../support/events.js';
import { startEmitter } from '../support/emitter.js';
import type { Neo4j } from '../support/neo4j.js';
import { CpuMeter, usageOf } from '../support/process-usage.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { startService } from '../support/service.js';
import { LONG_WARM_UP, repeatedly, scaled, WARM_UP } from '../support/sizes.js';
import { APPEND_LIMIT, HTTP_LIMIT, measureRaw, NEO4J_LIMIT } from './raw.js';

const EVENTS = scaled(20_000, 1000);
const PATIENCE_MS = 180_000;

/** One way to emit: resolves when all are accepted. */
interface Way {
  readonly subject: string;
  /** The process that serves; the load generator's, too, when it emits in process. */
  readonly pid: number;
  readonly inProcess: boolean;
  readonly emit: (count: number) => Promise<unknown>;
}

interface Stack {
  readonly neo4j: Neo4j;
  readonly receiver: Receiver;
}

/** What came of the processes' CPU, for each event; the load generator's own is told apart and not in the sum. */
function reportCpu(report: Report, subject: string, used: Readonly<Record<string, number>>): void {
  let sum = 0;
  for (const [name, seconds] of Object.entries(used)) {
    const counted = name !== 'load generator';
    if (counted) sum += seconds;
    report.add(
      subject,
      `CPU per event: ${name}${counted ? '' : ' (not in the sum)'}`,
      (seconds / EVENTS) * 1000,
      'ms',
    );
  }
  report.add(subject, 'CPU per event: service, Neo4j and receiver', (sum / EVENTS) * 1000, 'ms');
}

async function measure(report: Report, { neo4j, receiver }: Stack, way: Way): Promise<void> {
  const { subject, pid, inProcess } = way;
  await receiver.tell('reset');
  const measured = { service: pid, neo4j: neo4j.pid, receiver: receiver.pid };
  const cpu = new CpuMeter(inProcess ? measured : { ...measured, 'load generator': process.pid });
  const started = performance.now();
  await way.emit(EVENTS);
  const accepted = performance.now() - started;
  await receiver.untilReceived(EVENTS, PATIENCE_MS);
  const delivered = performance.now() - started;
  await neo4j.untilFinished(PATIENCE_MS);
  report.add(subject, 'accepted', EVENTS / (accepted / 1000), '1/s');
  report.add(subject, 'delivered', EVENTS / (delivered / 1000), '1/s');
  reportCpu(report, subject, cpu.read());
  for (const [name, id] of Object.entries(measured)) {
    report.add(subject, `resident: ${name}`, usageOf(id).rssMiB, 'MiB');
  }
}

async function warmUp({ receiver, neo4j }: Stack, way: Way, events: number): Promise<void> {
  await receiver.tell('reset');
  await way.emit(events);
  await receiver.untilReceived(events, PATIENCE_MS);
  await neo4j.untilFinished(PATIENCE_MS);
}

async function warmUpAndMeasure(report: Report, stack: Stack, way: Way): Promise<void> {
  await warmUp(stack, way, WARM_UP);
  await repeatedly(() => measure(report, stack, way));
}

/** Through REST; answers the subjects, and the webhook that the raw limits are measured with. */
async function overRest(report: Report, stack: Stack): Promise<{ subjects: string[]; webhookId: string }> {
  const { pid, api, stop } = await startService(stack.neo4j);
  const webhookId = await createWebhook(api, `${stack.receiver.base}/hook`);
  const common = { pid, inProcess: false };
  const single: Way = {
    ...common,
    subject: 'POST /events, 32 at a time',
    emit: (count) => emitSingly(api, count, 32),
  };
  const batches: Way = {
    ...common,
    subject: `POST /events/batch of ${BATCH}`,
    emit: (count) => emitInBatches(api, count),
  };
  const ways = [single, batches];
  await measure(report, stack, { ...single, subject: 'POST /events, Neo4j just started' });
  await warmUp(stack, batches, LONG_WARM_UP);
  for (const way of ways) await warmUpAndMeasure(report, stack, way);
  await stop();
  return { subjects: ways.map(({ subject }) => subject), webhookId };
}

/** In another Nest application with the module in it: service and load generator are one process. */
async function inProcess(report: Report, stack: Stack): Promise<string[]> {
  const { pid, emit, stop } = await startEmitter(stack.neo4j);
  const common = { pid, inProcess: true };
  const one = (concurrency: number): Way => ({
    ...common,
    subject: `sendEvent in process, ${concurrency} at a time`,
    emit: (count) => emit({ way: 'one', count, concurrency }),
  });
  const batches: Way = {
    ...common,
    subject: `sendEvents of ${BATCH} in process`,
    emit: (count) => emit({ way: 'batch', count, concurrency: 4 }),
  };
  const ways = [one(32), one(256), batches];
  for (const way of ways) await warmUpAndMeasure(report, stack, way);
  await stop();
  return ways.map(({ subject }) => subject);
}

/** Events of 400 bytes to one webhook, throttle off, four ways in; and how near that comes to the raw limits. */
export async function throughput(report: Report, neo4j: Neo4j): Promise<void> {
  const receiver = await Receiver.start();
  const stack = { neo4j, receiver };
  const { subjects, webhookId } = await overRest(report, stack);
  subjects.push(...(await inProcess(report, stack)));
  await measureRaw(report, neo4j, receiver, webhookId);
  await receiver.stop();
  for (const subject of subjects) {
    report.ratio(subject, 'accepted / raw Neo4j appends', [subject, 'accepted'], APPEND_LIMIT);
    report.ratio(
      subject,
      'delivered / raw Neo4j, appended and finished',
      [subject, 'delivered'],
      NEO4J_LIMIT,
    );
    report.ratio(subject, 'delivered / raw HTTP', [subject, 'delivered'], HTTP_LIMIT);
  }
  report.note('Load generator, service, Neo4j and receiver share the cores of this machine.');
  report.note('In process the load generator is part of the service process and of the sum.');
  report.note(
    'The log keeps 1,000 deliveries a webhook, the default: eviction runs meanwhile and is in the figures.',
  );
}
