import { setTimeout as pause } from 'node:timers/promises';
import type { Neo4jConnection } from '../../src/config/service-options.js';
import { within } from '../../src/common/within.js';
import { Graph } from '../support/graph.js';
import { Neo4jProcess } from '../support/neo4j-process.js';
import { Random } from '../support/random.js';
import { Receiver, type ReceivedRequest } from '../support/receiver.js';
import { ServiceProcess } from '../support/service-process.js';
import { StallingProxy } from '../support/stalling-proxy.js';
import { until } from '../support/until.js';
import { Callers } from './callers.js';
import { doubledAmong, expectSoundLog, lostAmong, repeatsAmong, unfinished } from './ledger.js';
import { FAULTS, type Fault } from './strikes.js';

const SEED = Number(process.env['FAULT_SEED'] ?? 1055);
const ROUNDS = Number(process.env['FAULT_ROUNDS'] ?? 4);
/** So many times each round strikes, at random moments. */
const STRIKES = Number(process.env['FAULT_STRIKES'] ?? 1);
/** Only those faults whose name holds this text. */
const ONLY = process.env['FAULT_ONLY'] ?? '';
const RECOVERY_MS = 300_000;
/** A fault and the start of everything that it ended. */
const STRIKE_MS = 240_000;
/** A request counts as under way at the fault when it came this long before, ms: its outcome was not written yet. */
const UNDER_WAY_MS = 3000;
/** Every webhook of this share of events answers the first attempt with 500. */
const FLAKY = 5;
/** The last of them answers 500 to everything during a round with an open breaker. */
const WEBHOOKS = ['one', 'two', 'failing'];
const SETTINGS = { MAX_DELIVERIES: '1000000', BREAKER_MAX_PAUSE_SECONDS: '2' };

interface Row {
  readonly fault: string;
  readonly breaker: string;
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
let proxy: StallingProxy;
/** Where the services find Neo4j. */
let connection: Neo4jConnection;
let graph: Graph;
let isFailing = false;
/** What was answered to each request. */
const answered = new WeakMap<ReceivedRequest, number>();
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

function answer(request: ReceivedRequest): { status: number; delayMs: number } {
  const { json, headers, path } = request;
  const isFlaky = json.data.n % FLAKY === 0 && headers['x-webhook-attempt'] === '1';
  const status = isFlaky || (isFailing && path === '/failing') ? 500 : 200;
  answered.set(request, status);
  return { status, delayMs: json.data.n % 90 };
}

beforeAll(async () => {
  process.stdout.write(`Faults: FAULT_SEED=${SEED} FAULT_ROUNDS=${ROUNDS} FAULT_STRIKES=${STRIKES}\n`);
  neo4j = await Neo4jProcess.start();
  graph = Graph.open(neo4j.connection);
  receiver = await Receiver.start(answer);
  proxy = await StallingProxy.to(Number(new URL(neo4j.connection.uri).port));
  connection = { ...neo4j.connection, uri: `bolt://127.0.0.1:${proxy.port}` };
  services = [await ServiceProcess.start(connection, SETTINGS)];
  for (const name of WEBHOOKS) {
    const retry_config = { initial_delay: 0.3, max_retries: 10 };
    const events = ['entity.created'];
    await services[0]?.api('POST', '/webhooks', {
      name,
      url: receiver.url(`/${name}`),
      events,
      retry_config,
    });
  }
}, 600_000);

afterAll(async () => {
  process.stdout.write(summary());
  for (const service of services) await service.end('SIGKILL');
  await receiver.close();
  await graph.close();
  await proxy.close();
  await neo4j.remove();
}, 60_000);

/** As many services as the fault wants, all of them up. */
async function stage(count: 1 | 2): Promise<ServiceProcess[]> {
  if (count === 2 && services.length === 1) services.push(await ServiceProcess.start(connection, SETTINGS));
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

/** Whether a request was under way at one of the strikes. */
const wasUnderWay = ({ at }: ReceivedRequest, strikes: readonly number[]): boolean =>
  strikes.some((struckAt) => at - struckAt > -UNDER_WAY_MS && at - struckAt < 500);

function expectLegalRepeats(fault: Fault, strikes: readonly number[]): number {
  const repeats = repeatsAmong(receiver.requests);
  if (!fault.mayRepeat) expect(repeats.map(({ key }) => key)).toEqual([]);
  for (const { requests } of repeats) {
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect({ first: requests[0]!.at, strikes, legal: wasUnderWay(requests[0]!, strikes) }).toMatchObject({
      legal: true,
    });
  }
  return repeats.length;
}

/** When it struck; resolves half a second after everything runs again. */
async function strikeUnderLoad(fault: Fault): Promise<number[]> {
  const strikes: number[] = [];
  while (strikes.length < STRIKES) {
    await pause(random.between(300, 1500));
    strikes.push(Date.now());
    await within(STRIKE_MS, fault.strike({ neo4j, proxy, services, random }));
    await pause(500);
  }
  return strikes;
}

/** What the services have found outside the queue and put back. */
async function breachesFound(): Promise<number> {
  const texts = await Promise.all(
    services.map(async ({ url }) =>
      (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(60_000) })).text(),
    ),
  );
  const found = texts.flatMap((text) => [
    ...text.matchAll(/^basset_webhooks_queue_breaches_total\{.*\} (\d+)$/gm),
  ]);
  expect(found.length).toBeGreaterThan(0);
  return found.reduce((sum, [, count]) => sum + Number(count), 0);
}

async function round(fault: Fault, breaker: boolean): Promise<void> {
  receiver.clear();
  isFailing = breaker;
  const callers = new Callers(await stage(fault.services), random, nextNumber);
  callers.start();
  const strikes = await strikeUnderLoad(fault).finally(() => callers.stop());
  isFailing = false;
  const recoveredAt = Date.now();
  nextNumber = callers.number;
  await untilAllFinished();
  const seconds = (Date.now() - recoveredAt) / 1000;
  const { accepted, refused, unexpected } = callers;
  const delivered = new Set(
    receiver.requests
      .filter((request) => answered.get(request) === 200)
      .map(({ headers }) => String(headers['x-webhook-delivery'])),
  );
  const lost = lostAmong(accepted, delivered);
  const repeated = repeatsAmong(receiver.requests).length;
  note({
    fault: fault.name,
    breaker: breaker ? 'open' : 'closed',
    accepted: accepted.length,
    deliveries: delivered.size,
    lost: lost.length,
    repeated,
    refused,
    seconds,
  });
  expect(unexpected).toEqual([]);
  expect(accepted.length).toBeGreaterThan(10);
  expect(accepted.filter(({ deliveryIds }) => deliveryIds.length !== WEBHOOKS.length)).toEqual([]);
  expect(lost).toEqual([]);
  expect(doubledAmong(receiver.requests)).toEqual([]);
  expectLegalRepeats(fault, strikes);
  await expectSoundLog(graph);
  expect(await breachesFound()).toBe(0);
}

/** Every other round has a webhook whose breaker is open. */
const rounds = draw(ROUNDS).map((fault, i) => {
  const breaker = (i + SEED) % 2 === 0;
  return [i + 1, fault.name + (breaker ? ', with an open breaker' : ''), fault, breaker] as const;
});

it.each(rounds)(
  'round %i: %s, and nothing is lost',
  (_number, _name, fault, breaker) => round(fault, breaker),
  RECOVERY_MS + 20_000 + STRIKES * STRIKE_MS,
);

const keys = ['accepted', 'deliveries', 'lost', 'repeated', 'refused'] as const;

function line(cells: readonly unknown[]): string {
  return cells.map((cell, i) => (i === 0 ? String(cell).padEnd(32) : String(cell).padStart(11))).join('');
}

function note(row: Row): void {
  table.push(row);
  if (process.env['FAULT_TRACE']) process.stdout.write(`${JSON.stringify(row)}\n`);
}

function summary(): string {
  const rows = table.map((row) =>
    line([row.fault, row.breaker, ...keys.map((key) => row[key]), row.seconds.toFixed(1)]),
  );
  const sums = keys.map((key) => table.reduce((sum, row) => sum + row[key], 0));
  return (
    [line(['fault', 'breaker', ...keys, 'seconds']), ...rows, line(['all', '', ...sums, ''])].join('\n') +
    '\n'
  );
}
