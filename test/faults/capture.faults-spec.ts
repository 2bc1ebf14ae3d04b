import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { within } from '../../src/common/within.js';
import { Graph } from '../support/graph.js';
import { Neo4jProcess } from '../support/neo4j-process.js';
import { Random } from '../support/random.js';
import { Receiver } from '../support/receiver.js';
import { ServiceProcess } from '../support/service-process.js';
import { StallingProxy } from '../support/stalling-proxy.js';
import { until } from '../support/until.js';
import { expectSoundLog, unfinished } from './ledger.js';
import { FAULTS, type Fault } from './strikes.js';

const SEED = Number(process.env['FAULT_SEED'] ?? 1055);
/** Each is one kill, or two, or none: `kills()` counts them. */
const ROUNDS = Number(process.env['CAPTURE_FAULT_ROUNDS'] ?? 3);
/** How often each round strikes, while the writers go on. */
const STRIKES = Number(process.env['CAPTURE_FAULT_STRIKES'] ?? 1);
const RECOVERY_MS = 180_000;
const STRIKE_MS = 100_000;
const WRITERS = 4;
/** The faults that concern who writes, who relays, or both. */
const KILLS = [
  'service killed',
  'Neo4j killed',
  'both killed',
  'one of two killed',
  'answers of commits lost',
];
const CAPTURE_JAR = join(import.meta.dirname, '..', '..', 'capture-plugin', 'basset-capture.jar');
const SETTINGS = { MAX_DELIVERIES: '1000000' };

const PEOPLE = 'MATCH (:Project)-[:HAS_PERSON]->(person:Person) RETURN person.id AS id';
/** What was told, as `type id`, with the number of times. */
const TOLD = `
MATCH (event:WebhookEvent) WHERE event.id >= ''
RETURN event.type AS type, event.body AS body, COUNT { (event)-[:TRIGGERED]->() } AS deliveries
`;

const random = new Random(SEED);
let neo4j: Neo4jProcess;
let proxy: StallingProxy;
let graph: Graph;
let receiver: Receiver;
let services: ServiceProcess[];
/** Those that have ended as well. */
const everyService: ServiceProcess[] = [];

/** Who was made, and who of them was deleted again, as far as the writer was told. */
const made = new Set<string>();
const deleted = new Set<string>();

/** Writes as the application does, and has no more patience than it: what a crash ends has failed, perhaps. */
class Writer {
  private isStopped = false;
  private work: Promise<void> = Promise.resolve();

  start(): void {
    this.work = this.write();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.work;
  }

  private async write(): Promise<void> {
    while (!this.isStopped) {
      const id = randomUUID();
      const create = `MATCH (project:Project) CREATE (project)-[:HAS_PERSON]->(:Person {id: $id})`;
      if (await this.tried(create, id)) made.add(id);
      const isDeleted = made.has(id) && random.between(0, 9) < 3;
      if (isDeleted && (await this.tried('MATCH (person:Person {id: $id}) DETACH DELETE person', id)))
        deleted.add(id);
      await pause(random.between(0, 20));
    }
  }

  private async tried(cypher: string, id: string): Promise<boolean> {
    return within(20_000, graph.change(cypher, { id })).then(
      () => true,
      async () => pause(500).then(() => false),
    );
  }
}

beforeAll(async () => {
  process.stdout.write(
    `Faults while the graph is captured: FAULT_SEED=${SEED} CAPTURE_FAULT_ROUNDS=${ROUNDS} CAPTURE_FAULT_STRIKES=${STRIKES}\n`,
  );
  neo4j = await Neo4jProcess.start([CAPTURE_JAR]);
  graph = Graph.open(neo4j.connection);
  receiver = await Receiver.start([]);
  proxy = await StallingProxy.to(Number(new URL(neo4j.connection.uri).port));
  services = [await start()];
  await services[0]?.api('POST', '/webhooks', { name: 'all', url: receiver.url(), events: ['*'] });
  await graph.run("CREATE (:Project {id: 'u-1', safe_name: 'case', name: 'Case'})");
  await graph.run('CREATE CONSTRAINT person_id IF NOT EXISTS FOR (n:Person) REQUIRE n.id IS UNIQUE');
}, 240_000);

afterAll(async () => {
  for (const service of services) await service.end('SIGKILL');
  await receiver.close();
  await graph.close();
  await proxy.close();
  await neo4j.remove();
}, 60_000);

async function start(): Promise<ServiceProcess> {
  const connection = { ...neo4j.connection, uri: `bolt://127.0.0.1:${proxy.port}` };
  const service = await ServiceProcess.start(connection, SETTINGS);
  everyService.push(service);
  return service;
}

/** Processes that were killed so far, each one that died of it. */
const kills = (): number => everyService.reduce((sum, service) => sum + service.kills, neo4j.kills);

async function stage(count: 1 | 2): Promise<void> {
  if (count === 2 && services.length === 1) services.push(await start());
  if (count === 1 && services.length === 2) await services.pop()?.end('SIGTERM');
}

async function untilTold(): Promise<void> {
  const isTold = async (): Promise<boolean> =>
    (await graph.count('WebhookOutbox')) === 0 && (await unfinished(graph)) === 0;
  const isCalm = (): Promise<boolean> => isTold().catch(() => false);
  await until(isCalm, 'everything to be told', RECOVERY_MS);
}

async function told(): Promise<string[]> {
  const rows: { type: string; body: string; deliveries: number }[] = await graph.run(TOLD);
  expect(rows.filter(({ deliveries }) => deliveries !== 1)).toEqual([]);
  return rows.map(({ type, body }) => `${type} ${JSON.parse(body).data.entity_id}`).sort();
}

async function round(fault: Fault): Promise<void> {
  await stage(fault.services);
  const writers = Array.from({ length: WRITERS }, () => new Writer());
  for (const writer of writers) writer.start();
  for (let n = 0; n < STRIKES; n += 1) {
    await pause(random.between(200, 1500));
    await within(STRIKE_MS, fault.strike({ neo4j, proxy, services, random }));
    await pause(500);
  }
  for (const writer of writers) await writer.stop();
  await untilTold();
  const events = await told();
  expect(events.filter((event, i) => event === events[i - 1])).toEqual([]);
  const present = new Set((await graph.run(PEOPLE)).map(({ id }) => id as string));
  const heardOf = (type: string): Set<string> =>
    new Set(events.filter((event) => event.startsWith(type)).map((event) => event.slice(type.length + 1)));
  const [created, gone] = [heardOf('entity.created'), heardOf('entity.deleted')];
  // Of a commit whose answer was lost only the graph knows whether it happened.
  expect([...present, ...made].filter((id) => !created.has(id))).toEqual([]);
  expect([...deleted].filter((id) => !gone.has(id))).toEqual([]);
  expect([...created].filter((id) => present.has(id) === gone.has(id))).toEqual([]);
  expect(events).toHaveLength(created.size + gone.size);
  await expectSoundLog(graph);
}

const faults = FAULTS.filter(({ name }) => KILLS.includes(name));
const rounds = Array.from({ length: ROUNDS }, (_, i) => {
  const fault = faults[(i + SEED) % faults.length] as Fault;
  return [i + 1, fault.name, fault] as const;
});

it.each(rounds)(
  'round %i: %s, and each change of the graph is told exactly once',
  async (_number, _name, fault) => {
    await round(fault);
    process.stdout.write(
      `${kills()} kills so far; ${made.size} people made, ${deleted.size} deleted, all told once\n`,
    );
  },
  RECOVERY_MS + 80_000 + STRIKES * STRIKE_MS,
);
