import { setTimeout as pause } from 'node:timers/promises';
import { JAR, PATIENCE_MS, prepareGraph, webhookOn } from '../support/captured.js';
import { Neo4j } from '../support/neo4j.js';
import { CpuMeter } from '../support/process-usage.js';
import { RawCommits } from '../support/raw-commits.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { startService, type Service } from '../support/service.js';
import { repeatedly, scaled } from '../support/sizes.js';
import { median, percentile } from '../support/statistics.js';
import { timedWrite } from '../support/timed-write.js';
import { until } from '../support/waiting.js';
import { prepare } from './raw.js';

const WARM_UP = scaled(1500, 100);
const WRITES = scaled(1500, 100);
const EVENTS = scaled(10_000, 1000);
const BATCH = 200;
const PEOPLE = scaled(100_000, 500);
/** The rehearsal after a start is over by then, and Java has compiled. */
const SETTLING_MS = scaled(90_000, 3000);
const IDLE_MS = scaled(30_000, 3000);
const APPLICATION = "application's writes";
const HOT_PATH = `service's own commits, ${BATCH} a transaction`;

const PERSON = 'MATCH (p:Project) CREATE (p)-[:HAS_PERSON]->(:Person {id: $id, created_at: $id})';
const FIELD = `MATCH (e:Person {id: $id})
CREATE (e)-[:HAS_FIELD_VALUE]->(:FieldValue {section_id: 'core', field_id: 'name', value: $id})`;

/** People with two fields each, in transactions of their own. */
const CROWD = `
MATCH (p:Project) WITH p LIMIT 1 UNWIND range(1, $count) AS i
CALL (p, i) {
  CREATE (p)-[:HAS_PERSON]->(e:Person {id: 'crowd-' + i, entity_type: 'person'})
  CREATE (e)-[:HAS_FIELD_VALUE]->(:FieldValue {section_id: 'core', field_id: 'name', value: 'Name ' + i})
  CREATE (e)-[:HAS_FIELD_VALUE]->(:FieldValue {section_id: 'core', field_id: 'email', value: i + '@example.org'})
} IN TRANSACTIONS OF 1000 ROWS`;

interface CaptureStatus {
  readonly last_scan: { readonly finished_at: string } | null;
}

/** The same write on both, in turns, so that both see the same moments of the machine. */
async function pairs(
  plain: Neo4j,
  captured: Neo4j,
  count: number,
  name: string,
): Promise<[number, number][]> {
  const times: [number, number][] = [];
  for (let i = 0; i < count; i += 1) {
    for (const cypher of [PERSON, FIELD]) {
      const parameters = { id: `${name}-${i}` };
      const [first, second] = i % 2 === 0 ? [plain, captured] : [captured, plain];
      const a = await timedWrite(first.driver, cypher, parameters);
      const b = await timedWrite(second.driver, cypher, parameters);
      times.push(i % 2 === 0 ? [a, b] : [b, a]);
    }
  }
  return times;
}

async function applicationWrites(report: Report, plain: Neo4j, captured: Neo4j): Promise<void> {
  await pairs(plain, captured, WARM_UP, 'warm');
  await repeatedly(async (round) => {
    const times = await pairs(plain, captured, WRITES, `run-${round}`);
    const [without, with_] = [times.map(([a]) => a), times.map(([, b]) => b)];
    report.add(APPLICATION, 'without the plugin: p50', median(without), 'ms');
    report.add(APPLICATION, 'with the plugin: p50', median(with_), 'ms');
    report.add(APPLICATION, 'without the plugin: p10', percentile(without, 0.1), 'ms');
    report.add(APPLICATION, 'with the plugin: p10', percentile(with_, 0.1), 'ms');
    report.add(APPLICATION, 'median of the differences of pairs', median(times.map(([a, b]) => b - a)), 'ms');
  });
  await timedWrite(
    captured.driver,
    'MATCH (row:WebhookOutbox) CALL (row) { DELETE row } IN TRANSACTIONS',
    {},
    true,
  );
}

interface Side {
  readonly name: string;
  readonly raw: RawCommits;
  readonly webhookId: string;
}

/** The same commit on both, in turns, so that both see the same moments of the machine. Answers the times of each. */
async function commitPairs(sides: readonly Side[]): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>();
  const add = async (what: string, work: () => Promise<void>): Promise<void> => {
    const started = performance.now();
    await work();
    times.set(what, [...(times.get(what) ?? []), performance.now() - started]);
  };
  const prepared = await Promise.all(
    sides.map(async (side) => ({ ...side, commits: await prepare(side.raw, side.webhookId, EVENTS, BATCH) })),
  );
  for (let i = 0; i < EVENTS / BATCH; i += 1) {
    const inTurn = i % 2 === 0 ? prepared : [...prepared].reverse();
    for (const { name, raw, commits } of inTurn) {
      const [append, finish] = commits[i] ?? [];
      if (!append || !finish) continue;
      await add(`${name} the plugin: events appended`, () => raw.run(append, BATCH));
      await add(`${name} the plugin: outcomes written`, () => raw.run(finish, BATCH));
    }
  }
  return times;
}

async function hotPath(report: Report, plain: Neo4j, captured: Neo4j, receiver: Receiver): Promise<void> {
  const sides = await Promise.all(
    [['without', plain] as const, ['with', captured] as const].map(async ([name, neo4j]) => {
      const webhookId = await webhookOn(neo4j, receiver);
      return { name, webhookId, raw: await RawCommits.on(neo4j.driver) };
    }),
  );
  for (const warming of [true, false])
    await repeatedly(async () => {
      for (const [what, times] of await commitPairs(sides))
        if (!warming) report.add(HOT_PATH, `${what}, median commit`, median(times), 'ms');
    });
  for (const what of ['events appended', 'outcomes written'])
    report.ratio(
      ...[HOT_PATH, `${what}: speed with, divided by without`],
      [HOT_PATH, `without the plugin: ${what}, median commit`],
      [HOT_PATH, `with the plugin: ${what}, median commit`],
    );
}

/** What it costs that nothing happens: the service with the outbox against the service without. */
async function idle(report: Report, neo4j: Neo4j): Promise<void> {
  for (const outbox of ['off', 'on']) {
    const service = await startService(neo4j, { OUTBOX: outbox });
    await pause(SETTLING_MS);
    const cpu = new CpuMeter({ service: service.pid, neo4j: neo4j.pid });
    await pause(IDLE_MS);
    const used = Object.values(cpu.read()).reduce((sum, seconds) => sum + seconds, 0);
    report.add(
      `nothing happens, ${SETTLING_MS / 1000} s after the start, OUTBOX=${outbox}`,
      'CPU of service and Neo4j',
      (used / IDLE_MS) * 100_000,
      '% of a core',
    );
    await service.stop();
  }
}

/** All that is there becomes known, and is compared with it afterwards; nothing differs. */
async function scan(report: Report, neo4j: Neo4j): Promise<void> {
  await timedWrite(neo4j.driver, CROWD, { count: PEOPLE }, true);
  await timedWrite(
    neo4j.driver,
    "MATCH (relay:WebhookRegistry {id: 'relay'}) SET relay.known_since = null",
    {},
    true,
  );
  const service = await startService(neo4j);
  const name = `${PEOPLE.toLocaleString('en')} entities of two fields`;
  for (const what of ['the first scan, which writes down what is there', 'a scan that compares']) {
    const started = performance.now();
    const asked = new Date().toISOString();
    await service.api.post('/api/v1/capture/scan');
    await until('the scan is over', PATIENCE_MS, async () => (await lastScan(service)) > asked, 100);
    report.add(name, what, (performance.now() - started) / 1000, 's');
  }
  await service.stop();
}

/** When the last scan ended, RFC 3339; '' = none did. */
async function lastScan({ api }: Service): Promise<string> {
  const { last_scan } = await api.get<CaptureStatus>('/api/v1/capture');
  return last_scan?.finished_at ?? '';
}

/** What capture costs the application, the service, and the machine when nothing happens. */
export async function capture(report: Report): Promise<void> {
  const [plain, captured] = [await Neo4j.start(), await Neo4j.start([JAR])];
  const receiver = await Receiver.start();
  for (const neo4j of [plain, captured]) await prepareGraph(neo4j);
  await applicationWrites(report, plain, captured);
  await hotPath(report, plain, captured, receiver);
  await plain.stop();
  await idle(report, captured);
  await scan(report, captured);
  await receiver.stop();
  await captured.stop();
  report.note(
    'Two servers side by side, one with the plugin; each write is made on both, in turns. A pair is a transaction that ' +
      'makes a person, or one that adds a field.',
  );
}
