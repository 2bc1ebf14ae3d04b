import { setTimeout as pause } from 'node:timers/promises';
import type { HeldDelivery } from '../../src/delivery/model/queued-delivery.js';
import { WorkRepository } from '../../src/delivery/queue/work.neo4j.repository.js';
import { Neo4jGraph } from '../../src/neo4j/neo4j-graph.js';
import { createWebhook } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import { newEvents, RawCommits } from '../support/raw-commits.js';
import type { Report } from '../support/report.js';
import { startService } from '../support/service.js';
import { scaled } from '../support/sizes.js';

const SMALL = 1000;
const LARGE = scaled(1_000_000, 5000);
const FILL_BATCH = 1000;
/** Deliveries in one claim and in one commit of outcomes. */
const BATCH = 10;
const ROUNDS = 40;
const WARM_UP_ROUNDS = 100;
const SETTLE_MS = scaled(10_000, 3000);
/** Nothing is evicted. */
const KEEP_ALL = { MAX_DELIVERIES: '1000000000' };

const EMPTY = `
MATCH (node:WebhookDelivery|WebhookEvent|WebhookAttempt)
CALL (node) { DETACH DELETE node } IN TRANSACTIONS OF 1000 ROWS
`;

type Add = (what: string, milliseconds: number) => void;
const IGNORED: Add = () => undefined;

async function timed<T>(add: Add, what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  add(what, performance.now() - started);
  return result;
}

async function empty({ driver }: Neo4j): Promise<void> {
  const session = driver.session({ database: 'neo4j' });
  try {
    await session.run(EMPTY);
  } finally {
    await session.close();
  }
}

/** Finished deliveries in the shape that the service writes, because its own statements write them. */
async function fill(raw: RawCommits, webhookId: string, count: number): Promise<void> {
  for (let made = 0; made < count; made += FILL_BATCH) {
    const events = newEvents(Math.min(FILL_BATCH, count - made), webhookId);
    await raw.run(await raw.append(events), events.length);
    await raw.run(await raw.finish(events), events.length);
  }
}

async function claimAll(work: WorkRepository, webhookId: string): Promise<HeldDelivery[]> {
  const now = new Date().toISOString();
  const due = await work.due([{ webhookId, count: BATCH }], now);
  return work.claim(
    due.map((delivery) => ({ ...delivery, body: undefined })),
    now,
    'bench',
  );
}

/** Append, claim and record, each one commit of `BATCH` deliveries, as the dispatcher makes them. */
async function measureWrites(
  neo4j: Neo4j,
  raw: RawCommits,
  webhookId: string,
  rounds: number,
  add: Add,
): Promise<void> {
  const work = new WorkRepository(new Neo4jGraph(neo4j.driver, { database: 'neo4j', patienceMs: 10_000 }));
  for (let round = 0; round < rounds; round += 1) {
    const events = newEvents(BATCH, webhookId, false);
    const append = await raw.append(events);
    await timed(add, `append ${BATCH} events`, () => raw.run(append, BATCH));
    const claimed = await timed(add, `claim ${BATCH} deliveries`, () => claimAll(work, webhookId));
    if (claimed.length !== BATCH) throw new Error(`${claimed.length} claimed of ${BATCH}`);
    const finish = await raw.finish(events);
    await timed(add, `record ${BATCH} outcomes`, () => raw.run(finish, BATCH));
  }
}

function reads(webhookId: string): readonly (readonly [string, string])[] {
  const log = '/api/v1/webhooks/deliveries?limit=50';
  return [
    ['list all', log],
    ['list by webhook', `${log}&webhook_id=${webhookId}`],
    ['list by status', `${log}&status=success`],
    ['list by webhook and status', `/api/v1/webhooks/${webhookId}/deliveries?limit=50&status=success`],
    ['statistics', '/api/v1/webhooks/stats'],
    ['the webhook', `/api/v1/webhooks/${webhookId}`],
  ];
}

/** Through REST, one after the other. */
async function measureReads(neo4j: Neo4j, webhookId: string, add: Add): Promise<void> {
  const { api, stop } = await startService(neo4j, KEEP_ALL);
  const all = reads(webhookId);
  for (const [, path] of all) for (let i = 0; i < ROUNDS; i += 1) await api.get(path);
  await pause(SETTLE_MS);
  for (const [what, path] of all) {
    for (let i = 0; i < ROUNDS; i += 1) await timed(add, what, () => api.get(path));
  }
  await stop();
}

/** What claiming, recording, listing and counting cost with a short and with a long history of one webhook. */
export async function history(report: Report, neo4j: Neo4j): Promise<void> {
  const { api, stop } = await startService(neo4j, KEEP_ALL);
  // Not active: a service that runs leaves its queue alone.
  const webhookId = await createWebhook(api, 'http://127.0.0.1:9/hook', { active: false });
  await stop();
  const raw = await RawCommits.on(neo4j.driver);
  await measureWrites(neo4j, raw, webhookId, WARM_UP_ROUNDS, IGNORED);
  await measureReads(neo4j, webhookId, IGNORED);
  await empty(neo4j);
  const measured = new Set<string>();
  let finished = 0;
  for (const size of [SMALL, LARGE]) {
    await fill(raw, webhookId, size - finished);
    await pause(SETTLE_MS);
    const add: Add = (what, milliseconds) => {
      measured.add(what);
      report.add(what, `with ${size.toLocaleString('en')} finished`, milliseconds, 'ms');
    };
    await measureWrites(neo4j, raw, webhookId, ROUNDS, add);
    await measureReads(neo4j, webhookId, add);
    finished = size + ROUNDS * BATCH;
  }
  const [few, many] = [SMALL, LARGE].map((size) => `with ${size.toLocaleString('en')} finished`) as [
    string,
    string,
  ];
  for (const what of measured) report.ratio(what, 'long history / short history', [what, many], [what, few]);
  report.note(
    `Medians of ${ROUNDS} in a row; all deliveries are of one webhook. Reads are whole HTTP calls, a page of 50; writes ` +
      `are single commits of ${BATCH}, which add ${ROUNDS * BATCH} deliveries to each history.`,
  );
}
