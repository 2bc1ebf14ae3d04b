import { createWebhook } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import { newEvents, RawCommits, type Statement } from '../support/raw-commits.js';
import { postBare } from '../support/raw-http.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { startService } from '../support/service.js';
import { repeatedly, scaled, WARM_UP } from '../support/sizes.js';

const EVENTS = scaled(20_000, 1000);
const BATCHES = [100, 500, 1000];
const CONCURRENCY = 32;

/** Subject and measure of the two limits that throughput is compared with. */
export const NEO4J_LIMIT = [
  'raw Neo4j, the best batch',
  'events appended and finished, two at a time',
] as const;
export const APPEND_LIMIT = ['raw Neo4j, the best batch', 'events appended'] as const;
export const HTTP_LIMIT = [`raw HTTP client, ${CONCURRENCY} at a time`, 'requests'] as const;

type Commits = readonly (readonly [append: Statement, finish: Statement])[];

export async function prepare(
  raw: RawCommits,
  webhookId: string,
  count: number,
  batch: number,
): Promise<Commits> {
  const commits: [Statement, Statement][] = [];
  for (let made = 0; made < count; made += batch) {
    const events = newEvents(batch, webhookId);
    commits.push([await raw.append(events), await raw.finish(events)]);
  }
  return commits;
}

/** Answers how many rows a second. */
async function timed(commits: Commits, batch: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (commits.length * batch) / ((performance.now() - started) / 1000);
}

async function appendAll(raw: RawCommits, commits: Commits, batch: number): Promise<void> {
  for (const [append] of commits) await raw.run(append, batch);
}

async function finishAll(raw: RawCommits, commits: Commits, batch: number): Promise<void> {
  for (const [, finish] of commits) await raw.run(finish, batch);
}

/** As the service does it: what was appended is finished while the next is appended. */
async function bothAtOnce(raw: RawCommits, commits: Commits, batch: number): Promise<void> {
  let finishing: Promise<void> = Promise.resolve();
  for (const [append, finish] of commits) {
    await raw.run(append, batch);
    finishing = finishing.then(() => raw.run(finish, batch));
    finishing.catch(() => undefined);
  }
  await finishing;
}

interface Rates {
  readonly append: number;
  readonly both: number;
}

async function commit(report: Report, raw: RawCommits, webhookId: string, batch: number): Promise<Rates> {
  const subject = `raw Neo4j, ${batch} a transaction`;
  const first = await prepare(raw, webhookId, EVENTS, batch);
  const append = await timed(first, batch, () => appendAll(raw, first, batch));
  const finish = await timed(first, batch, () => finishAll(raw, first, batch));
  const second = await prepare(raw, webhookId, EVENTS, batch);
  const both = await timed(second, batch, () => bothAtOnce(raw, second, batch));
  report.add(subject, 'events appended', append, '1/s');
  report.add(subject, 'outcomes written', finish, '1/s');
  report.add(subject, 'events appended and finished, two at a time', both, '1/s');
  return { append, both };
}

/**
 * The raw limits: the service's own two statements through the bare driver in batches, and the bare HTTP client.
 * No service may run meanwhile.
 */
export async function measureRaw(
  report: Report,
  neo4j: Neo4j,
  receiver: Receiver,
  webhookId: string,
): Promise<void> {
  const raw = await RawCommits.on(neo4j.driver);
  const warmUp = await prepare(raw, webhookId, WARM_UP, 500);
  await bothAtOnce(raw, warmUp, 500);
  await postBare(`${receiver.base}/hook`, EVENTS, CONCURRENCY);
  await repeatedly(async () => {
    const rates: Rates[] = [];
    for (const batch of BATCHES) rates.push(await commit(report, raw, webhookId, batch));
    report.add(...APPEND_LIMIT, Math.max(...rates.map(({ append }) => append)), '1/s');
    report.add(...NEO4J_LIMIT, Math.max(...rates.map(({ both }) => both)), '1/s');
    const http = await postBare(`${receiver.base}/hook`, EVENTS, CONCURRENCY);
    report.add(...HTTP_LIMIT, http.perSecond, '1/s');
    report.add(HTTP_LIMIT[0], 'CPU per request: client', http.cpuMs, 'ms');
  });
  report.note(
    'Raw Neo4j: the statements that append events (event, delivery, two edges) and write outcomes, as the service sends ' +
      'them, through the bare driver while nothing else runs; two at a time = one transaction of each kind, as in the service.',
  );
  report.note('Raw HTTP: undici alone, the same 400 bytes to the same receiver; no signing, no graph.');
}

/** The raw limits alone. */
export async function raw(report: Report, neo4j: Neo4j): Promise<void> {
  const receiver = await Receiver.start();
  const service = await startService(neo4j);
  const webhookId = await createWebhook(service.api, `${receiver.base}/hook`);
  await service.stop();
  await measureRaw(report, neo4j, receiver, webhookId);
  await receiver.stop();
}
