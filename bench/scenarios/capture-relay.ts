import type { Driver } from 'neo4j-driver';
import { JAR, PATIENCE_MS, prepareGraph, webhookOn } from '../support/captured.js';
import { BATCH, emitInBatches } from '../support/events.js';
import { Neo4j } from '../support/neo4j.js';
import { CpuMeter, MemorySampler } from '../support/process-usage.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { startService } from '../support/service.js';
import { scaled } from '../support/sizes.js';
import type { Stack } from '../support/stack.js';
import { timedWrite } from '../support/timed-write.js';
import { until } from '../support/waiting.js';

const ROWS = scaled(20_000, 1000);
const BACKLOG = scaled(100_000, 2000);
const DELIVERED = 'delivered';
const BATCHES = `POST /events/batch of ${BATCH}, afterwards`;

type Relay = Pick<Stack, 'neo4j' | 'service'>;

/** New people, and what the plugin would have written of them, many at a time. */
const PILE_UP = `
MATCH (p:Project) WITH p LIMIT 1
UNWIND range($from, $to) AS i
CREATE (p)-[:HAS_PERSON]->(:Person {id: $name + i, entity_type: 'person'})
CREATE (:PiledUp {id: randomUUID(), at: timestamp() - 3600000 + i, seq: i,
  changes: '[["+HAS_PERSON","case","' + $name + i + '",null,null,"u-1"]]'})`;

/** All of them are there at one moment. */
const SHOW = 'MATCH (row:PiledUp) SET row:WebhookOutbox REMOVE row:PiledUp';

const waiting = async (driver: Driver): Promise<number> => {
  const { records } = await driver.executeQuery('RETURN COUNT { (:WebhookOutbox) } AS rows');
  return Number(records[0]?.get('rows'));
};

/** People and their rows; nothing is relayed before all of them are there. */
async function pileUp({ driver }: Neo4j, rows: number, name: string): Promise<void> {
  for (let from = 1; from <= rows; from += 10_000)
    await timedWrite(driver, PILE_UP, { name, from, to: Math.min(rows, from + 9999) }, true);
  await timedWrite(driver, SHOW, {}, true);
}

/** From the moment in which all are asked for until each is an event with a delivery, which is made and written. */
async function measure(
  report: Report,
  { neo4j, service }: Relay,
  name: string,
  events: number,
  emit: () => Promise<unknown>,
): Promise<void> {
  const memory = new MemorySampler(service.pid);
  const cpu = new CpuMeter({ service: service.pid, neo4j: neo4j.pid });
  const started = performance.now();
  await emit();
  report.add(name, 'taken', events / ((performance.now() - started) / 1000), '1/s');
  await neo4j.untilFinished(PATIENCE_MS);
  report.add(name, DELIVERED, events / ((performance.now() - started) / 1000), '1/s');
  const used = cpu.read();
  report.add(name, 'CPU for 1,000: service', (used['service'] ?? 0) / (events / 1000), 's');
  report.add(name, 'CPU for 1,000: Neo4j', (used['neo4j'] ?? 0) / (events / 1000), 's');
  report.add(name, 'resident: service, at most', Math.max(...memory.stop()), 'MiB');
}

/** From the moment in which the rows are there until the outbox is empty, and all is delivered. */
async function drain(report: Report, stack: Relay, name: string): Promise<void> {
  const { driver } = stack.neo4j;
  const isEmpty = async (): Promise<boolean> => (await waiting(driver)) === 0;
  await measure(report, stack, name, await waiting(driver), () =>
    until('the outbox is empty', PATIENCE_MS, isEmpty, 50),
  );
}

/** Rows that wait when the service starts, and then as many again, all at once, for the same service. */
async function relay(report: Report, neo4j: Neo4j, rows: number): Promise<string> {
  const name = `${rows.toLocaleString('en')} rows of the outbox`;
  const again = `${name}, once more`;
  await pileUp(neo4j, rows, `${rows}-`);
  const service = await startService(neo4j);
  await drain(report, { neo4j, service }, name);
  await pileUp(neo4j, rows, `${rows}-again-`);
  await drain(report, { neo4j, service }, again);
  if (rows === BACKLOG) await batches(report, { neo4j, service });
  await service.stop();
  return again;
}

/** As many events, by REST, to the same webhook of the same service. */
async function batches(report: Report, stack: Relay): Promise<void> {
  await measure(report, stack, BATCHES, BACKLOG, () => emitInBatches(stack.service.api, BACKLOG));
}

/** How fast the outbox becomes deliveries; and how fast the same events do that come by REST, in the same minutes. */
export async function captureRelay(report: Report): Promise<void> {
  const neo4j = await Neo4j.start([JAR]);
  const receiver = await Receiver.start();
  await prepareGraph(neo4j);
  await webhookOn(neo4j, receiver);
  await relay(report, neo4j, ROWS);
  const rows = await relay(report, neo4j, BACKLOG);
  report.ratio('rows of the outbox / events of batches', DELIVERED, [rows, DELIVERED], [BATCHES, DELIVERED]);
  await receiver.stop();
  await neo4j.stop();
}
