import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layoutOf } from '../../src/neo4j/embedded/layout.js';
import { readServerRecord } from '../../src/neo4j/embedded/records.js';
import { arrivalTimes, reportTimes } from '../support/arrival-times.js';
import { endLater } from '../support/cleanup.js';
import { createWebhook, emitPaced, emitSingly } from '../support/events.js';
import { CpuMeter, usageOf } from '../support/process-usage.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { launch, type Service } from '../support/service.js';
import { repeatedly, scaled } from '../support/sizes.js';
import { inParallel } from '../support/waiting.js';

const PATIENCE_MS = 180_000;
const ROUNDS = 5;
const ROUND = scaled(20_000, 500);
const WEBHOOKS = 50;

/** One system, freshly started on a fresh store, and what its rows are measured with. */
interface Fresh {
  readonly report: Report;
  readonly service: Service;
  readonly receiver: Receiver;
  readonly pids: Readonly<Record<string, number>>;
}

function addCpu({ report }: Fresh, row: string, cpu: CpuMeter, events: number): void {
  const seconds = Object.values(cpu.read()).reduce((sum, used) => sum + used, 0);
  report.add(row, 'CPU per event, all processes', (seconds / events) * 1000, 'ms');
}

/** From the call to the arrival, at so many events a second. */
async function at(fresh: Fresh, row: string, events: number, rate: number): Promise<void> {
  const cpu = new CpuMeter(fresh.pids);
  const emit = (): ReturnType<typeof emitPaced> => emitPaced(fresh.service.api, events, rate);
  reportTimes(fresh.report, row, await arrivalTimes(fresh.receiver, 1, PATIENCE_MS, emit));
  addCpu(fresh, row, cpu, events);
}

async function rush(fresh: Fresh, row: string): Promise<void> {
  await fresh.receiver.tell('reset');
  const cpu = new CpuMeter(fresh.pids);
  const started = performance.now();
  await emitSingly(fresh.service.api, ROUND, 32);
  await fresh.receiver.untilReceived(ROUND, PATIENCE_MS);
  fresh.report.add(row, 'delivered', ROUND / ((performance.now() - started) / 1000), '1/s');
  addCpu(fresh, row, cpu, ROUND);
}

async function fan({ report, service, receiver }: Fresh, row: string): Promise<void> {
  const events = scaled(200, 20);
  await inParallel(WEBHOOKS, 8, (i) =>
    createWebhook(service.api, `${receiver.base}/hook/${i}`, {
      project_id: 'fifty',
      events: ['entity.updated'],
    }),
  );
  await receiver.tell('reset');
  const started = performance.now();
  const body = JSON.stringify({
    event: 'entity.updated',
    project_id: 'fifty',
    data: { note: 'x'.repeat(290) },
  });
  await inParallel(events, 32, () => service.api.post('/api/v1/events', body));
  await receiver.untilReceived(events * WEBHOOKS, PATIENCE_MS);
  report.add(row, 'delivered', (events * WEBHOOKS) / ((performance.now() - started) / 1000), '1/s');
}

async function rows(fresh: Fresh): Promise<void> {
  await createWebhook(fresh.service.api, `${fresh.receiver.base}/hook/timed`);
  await at(fresh, 'L0: the first events, 10/s', scaled(100, 20), 10);
  await at(fresh, 'L1: the next, 100/s', scaled(2000, 100), 100);
  for (let round = 1; round <= ROUNDS; round += 1) await rush(fresh, `W1: ${ROUND} events, round ${round}`);
  await at(fresh, 'L2: then at 100/s', scaled(2000, 100), 100);
  await fan(fresh, `W4: 200 events to ${WEBHOOKS} webhooks`);
  for (const [name, pid] of Object.entries(fresh.pids)) {
    fresh.report.add('memory', `peak: ${name}`, usageOf(pid).peakMiB, 'MiB');
  }
}

/** Memory as docker-compose.yml gives it, and Java as the image's own neo4j.conf starts it. */
const COMPOSE = {
  NEO4J_HEAP: '1g',
  NEO4J_PAGECACHE: '512m',
  // Java reads it after its command line.
  _JAVA_OPTIONS: [
    '-XX:-UseSerialGC -XX:+UseG1GC -XX:-OmitStackTraceInFastThrow -XX:+AlwaysPreTouch',
    '-XX:+UnlockExperimentalVMOptions -XX:+TrustFinalNonStaticFields -XX:+DisableExplicitGC',
    '-Djdk.nio.maxCachedBufferSize=1024 -Dio.netty.tryReflectionSetAccessible=true',
    '-XX:+UnlockDiagnosticVMOptions -XX:+DebugNonSafepoints -Dlog4j2.disable.jmx=true',
  ].join(' '),
};

async function once(report: Report, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'basset-bench-cold-'));
  const remove = endLater(() => rm(dataDir, { recursive: true, force: true }));
  const receiver = await Receiver.start();
  const service = await launch({ DATA_DIR: dataDir, ...env });
  report.add('start', 'to ready, in an empty directory', service.readyMs / 1000, 's');
  const server = await readServerRecord(layoutOf(dataDir));
  if (!server) throw new Error('The service has started no Neo4j');
  await rows({
    report,
    service,
    receiver,
    pids: { service: service.pid, neo4j: server.pid, receiver: receiver.pid },
  });
  await service.stop();
  await receiver.stop();
  await remove();
}

/** What somebody sees who has just started it: everything fresh, the rows in one order, nothing warmed up before. */
export async function cold(report: Report): Promise<void> {
  await repeatedly(() => once(report));
  report.note('Each run starts service, Neo4j and receiver anew, on an empty store.');
}

/** The same on a Neo4j with the settings of docker-compose. */
export async function coldCompose(report: Report): Promise<void> {
  await repeatedly(() => once(report, COMPOSE));
  report.note(
    'Heap, page cache and options of Java as in docker-compose and the image; started as the embedded one is.',
  );
}
