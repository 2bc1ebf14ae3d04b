import { createWebhook, emitSingly } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import { CpuMeter } from '../support/process-usage.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { startService, type Service } from '../support/service.js';
import { repeatedly, scaled, WARM_UP } from '../support/sizes.js';

/** Short rounds, side by side: the speed of the machine changes within minutes, and by more than what is measured. */
const EVENTS = scaled(5_000, 1000);
const ROUNDS = 4;
const PATIENCE_MS = 180_000;
const OFF = 'POST /events, 32 at a time, no traces';
const SHARES = [
  ['0.01', 'POST /events, 32 at a time, one event in a hundred traced'],
  ['1', 'POST /events, 32 at a time, every event traced'],
] as const;

interface Side {
  readonly subject: string;
  readonly service: Service;
}

async function rush({ service }: Side, neo4j: Neo4j, receiver: Receiver, events: number): Promise<void> {
  await receiver.tell('reset');
  await emitSingly(service.api, events, 32);
  await receiver.untilReceived(events, PATIENCE_MS);
  await neo4j.untilFinished(PATIENCE_MS);
}

interface Measured {
  readonly rate: number;
  readonly cpuMs: number;
}

async function measure(report: Report, side: Side, neo4j: Neo4j, receiver: Receiver): Promise<Measured> {
  const cpu = new CpuMeter({ service: side.service.pid });
  const started = performance.now();
  await rush(side, neo4j, receiver, EVENTS);
  const rate = EVENTS / ((performance.now() - started) / 1000);
  const cpuMs = ((cpu.read()['service'] ?? 0) / EVENTS) * 1000;
  report.add(side.subject, 'delivered', rate, '1/s');
  report.add(side.subject, 'CPU per event: service', cpuMs, 'ms');
  return { rate, cpuMs };
}

/** All sides once, and each compared with what the one without traces did in the same minute. */
async function round(
  report: Report,
  sides: readonly Side[],
  neo4j: Neo4j,
  receiver: Receiver,
): Promise<void> {
  const measured = new Map<string, Measured>();
  for (const side of sides) measured.set(side.subject, await measure(report, side, neo4j, receiver));
  const off = measured.get(OFF) as Measured;
  for (const [, subject] of SHARES) {
    const { rate, cpuMs } = measured.get(subject) as Measured;
    report.add(subject, 'delivered, with / without', rate / off.rate, '×');
    report.add(subject, 'CPU per event: service, with / without', cpuMs / off.cpuMs, '×');
  }
}

/** What traces cost: services beside each other on one graph, of which one at a time gets the events. */
export async function tracing(report: Report, neo4j: Neo4j): Promise<void> {
  const [receiver, collector] = await Promise.all([Receiver.start(), Receiver.start()]);
  const traced = (share: string): Record<string, string> => ({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.base,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: share,
  });
  const sides: Side[] = [{ subject: OFF, service: await startService(neo4j) }];
  for (const [share, subject] of SHARES)
    sides.push({ subject, service: await startService(neo4j, traced(share)) });
  await createWebhook(sides[0]?.service.api as Service['api'], `${receiver.base}/hook`);
  for (const side of sides) await rush(side, neo4j, receiver, Math.ceil(WARM_UP / sides.length));
  await repeatedly(async () => {
    for (let turn = 0; turn < ROUNDS; turn += 1)
      await round(report, turn % 2 === 0 ? sides : [...sides].reverse(), neo4j, receiver);
  });
  for (const { service } of sides) await service.stop();
  await Promise.all([receiver.stop(), collector.stop()]);
  report.note('Spans go to a collector that only answers, on the same cores.');
}
