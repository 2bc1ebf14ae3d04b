import type { Driver } from 'neo4j-driver';
import type { Neo4j } from '../support/neo4j.js';
import { CpuMeter, MemorySampler } from '../support/process-usage.js';
import type { Report } from '../support/report.js';
import { startService, type Service } from '../support/service.js';
import { timedWrite } from '../support/timed-write.js';
import { until } from '../support/waiting.js';

export const PATIENCE_MS = 900_000;

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

/** From the moment in which the rows are there until the outbox is empty: each becomes an event with a delivery. */
async function drain(report: Report, neo4j: Neo4j, service: Service, name: string): Promise<void> {
  const memory = new MemorySampler(service.pid);
  const cpu = new CpuMeter({ service: service.pid, neo4j: neo4j.pid });
  const left = await waiting(neo4j.driver);
  const started = performance.now();
  await until('the outbox is empty', PATIENCE_MS, async () => (await waiting(neo4j.driver)) === 0, 50);
  const seconds = (performance.now() - started) / 1000;
  report.add(name, 'rows relayed, with a delivery each', left / seconds, '1/s');
  report.add(name, 'CPU for 1,000 rows: service', (cpu.read()['service'] ?? 0) / (left / 1000), 's');
  report.add(name, 'CPU for 1,000 rows: Neo4j', (cpu.read()['neo4j'] ?? 0) / (left / 1000), 's');
  report.add(name, 'resident: service, at most', Math.max(...memory.stop()), 'MiB');
  await neo4j.untilFinished(PATIENCE_MS);
}

/** Rows that wait when the service starts, and then as many again, all at once, for the same service. */
export async function relay(report: Report, neo4j: Neo4j, rows: number): Promise<void> {
  const name = `${rows.toLocaleString('en')} rows of the outbox`;
  await pileUp(neo4j, rows, `${rows}-`);
  const service = await startService(neo4j);
  await drain(report, neo4j, service, name);
  await pileUp(neo4j, rows, `${rows}-again-`);
  await drain(report, neo4j, service, `${name}, once more`);
  await service.stop();
}
