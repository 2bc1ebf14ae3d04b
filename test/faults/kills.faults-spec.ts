import { setTimeout as pause } from 'node:timers/promises';
import { within } from '../../src/common/within.js';
import { Graph } from '../support/graph.js';
import { Neo4jProcess } from '../support/neo4j-process.js';
import { Random } from '../support/random.js';
import { Receiver, type ReceivedRequest } from '../support/receiver.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';
import { Callers } from './callers.js';
import { doubledAmong, expectSoundLog, lostAmong, repeatsAmong, unfinished } from './ledger.js';
import { FAULTS, type Fault } from './strikes.js';

const SEED = Number(process.env['FAULT_SEED'] ?? 20_261_124);
const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 6);
/** Only those faults whose name holds this text. */
const ONLY = process.env['FAULT_ONLY'] ?? '';
const RECOVERY_MS = 120_000;
/** A fault and the start of everything that it ended. */
const STRIKE_MS = 100_000;
/** A request counts as under way at the fault when it came this long before, ms: its outcome was not written yet. */
const UNDER_WAY_MS = 3000;
/** Every webhook of this share of events answers the first attempt with 500. */
const FLAKY = 5;

interface Row {
  readonly fault: string;
  readonly accepted: number;
  readonly deliveries: number;
  readonly lost: number;
  readonly repeated: number;
  readonly refused: number;
  readonly seconds: number;
}

const random = new Random(SEED);
const table: Row[] = [];
let neo4j: Neo4jProcess;
let graph: Graph;
let receiver: Receiver;
let services: ServiceProcess[] = [];
let nextNumber = 0;

/** Every fault before any comes again. */
function draw(rounds: number): Fault[] {
  const faults = FAULTS.filter(({ name }) => name.includes(ONLY));
  const drawn: Fault[] = [];
  while (drawn.length < rounds) drawn.push(...random.shuffled(faults));
  return drawn.slice(0, rounds);
}

function answer({ json, headers }: ReceivedRequest): { status: number; delayMs: number } {
  const fails = json.data.n % FLAKY === 0 && headers['x-webhook-attempt'] === '1';
  return { status: fails ? 500 : 200, delayMs: json.data.n % 90 };
}

beforeAll(async () => {
  process.stdout.write(`Faults: FAULT_SEED=${SEED} FAULT_ROUNDS=${ROUNDS}\n`);
  neo4j = await Neo4jProcess.start();
  graph = Graph.open(neo4j.connection);
  receiver = await Receiver.start(answer);
  services = [await ServiceProcess.start(neo4j.connection, { MAX_DELIVERIES: '1000000' })];
  for (const name of ['one', 'two']) {
    const retry_config = { initial_delay: 0.3, max_retries: 10 };
    const events = ['entity.created'];
    await services[0]?.api('POST', '/webhooks', {
      name,
      url: receiver.url(`/${name}`),
      events,
      retry_config,
    });
  }
}, 180_000);

afterAll(async () => {
  process.stdout.write(summary());
  for (const service of services) await service.end('SIGKILL');
  await receiver.close();
  await graph.close();
  await neo4j.remove();
}, 60_000);

/** As many services as the fault wants, all of them up. */
async function stage(count: 1 | 2): Promise<ServiceProcess[]> {
  if (count === 2 && services.length === 1)
    services.push(await ServiceProcess.start(neo4j.connection, { MAX_DELIVERIES: '1000000' }));
  if (count === 1 && services.length === 2) await services.pop()?.end('SIGTERM');
  return services;
}

async function untilAllFinished(): Promise<void> {
  const left = (): Promise<number> => unfinished(graph).catch(() => Number.NaN);
  try {
    await until(async () => (await left()) === 0, 'all deliveries to be finished', RECOVERY_MS);
  } catch (error) {
    throw new Error(`${String(error)}: ${await left()} are left\n${logs()}`, { cause: error });
  }
}

/** What the services said last. */
function logs(): string {
  return services.map(({ output }) => output.slice(-4000)).join('\n-- the other service:\n');
}

function expectLegalRepeats(fault: Fault, struckAt: number): number {
  const repeats = repeatsAmong(receiver.requests);
  if (!fault.mayRepeat) expect(repeats.map(({ key }) => key)).toEqual([]);
  for (const { requests } of repeats) {
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(requests[0]!.at - struckAt).toBeGreaterThan(-UNDER_WAY_MS);
    expect(requests[0]!.at - struckAt).toBeLessThan(500);
  }
  return repeats.length;
}

/** When it struck; resolves half a second after everything runs again. */
async function strikeUnderLoad(fault: Fault): Promise<number> {
  await pause(random.between(300, 1500));
  const struckAt = Date.now();
  await within(STRIKE_MS, fault.strike({ neo4j, services, random }));
  await pause(500);
  return struckAt;
}

async function round(fault: Fault): Promise<void> {
  receiver.clear();
  const callers = new Callers(await stage(fault.services), random, nextNumber);
  callers.start();
  const struckAt = await strikeUnderLoad(fault).finally(() => callers.stop());
  const recoveredAt = Date.now();
  nextNumber = callers.number;
  await untilAllFinished();
  const seconds = (Date.now() - recoveredAt) / 1000;
  const { accepted, refused, unexpected } = callers;
  const delivered = new Set(
    receiver.requests
      .filter((request) => answer(request).status === 200)
      .map(({ headers }) => String(headers['x-webhook-delivery'])),
  );
  const lost = lostAmong(accepted, delivered);
  const repeated = repeatsAmong(receiver.requests).length;
  note({
    fault: fault.name,
    accepted: accepted.length,
    deliveries: delivered.size,
    lost: lost.length,
    repeated,
    refused,
    seconds,
  });
  expect(unexpected).toEqual([]);
  expect(accepted.length).toBeGreaterThan(10);
  expect(accepted.filter(({ deliveryIds }) => deliveryIds.length !== 2)).toEqual([]);
  expect(lost).toEqual([]);
  expect(doubledAmong(receiver.requests)).toEqual([]);
  expectLegalRepeats(fault, struckAt);
  await expectSoundLog(graph);
}

it.each(draw(ROUNDS).map((fault, i) => [i + 1, fault.name, fault] as const))(
  'round %i: %s, and nothing is lost',
  (_number, _name, fault) => round(fault),
  RECOVERY_MS + 120_000,
);

const keys = ['accepted', 'deliveries', 'lost', 'repeated', 'refused'] as const;

function line(cells: readonly unknown[]): string {
  return cells.map((cell, i) => (i === 0 ? String(cell).padEnd(28) : String(cell).padStart(11))).join('');
}

function note(row: Row): void {
  table.push(row);
  if (process.env['FAULT_TRACE']) process.stdout.write(`${JSON.stringify(row)}\n`);
}

function summary(): string {
  const rows = table.map((row) => line([row.fault, ...keys.map((key) => row[key]), row.seconds.toFixed(1)]));
  const sums = keys.map((key) => table.reduce((sum, row) => sum + row[key], 0));
  return [line(['fault', ...keys, 'seconds']), ...rows, line(['all', ...sums, ''])].join('\n') + '\n';
}
