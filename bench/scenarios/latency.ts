import { DEFAULT_OPTIONS } from '../../src/config/resolve-options.js';
import { arrivalTimes, reportTimes } from '../support/arrival-times.js';
import type { Client } from '../support/client.js';
import { createWebhook, emitPaced, emitSingly } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import { newEvents, RawCommits, type Statement } from '../support/raw-commits.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { startService } from '../support/service.js';
import { repeatedly, scaled, WARM_UP } from '../support/sizes.js';
import { now, paced, until } from '../support/waiting.js';

const RATE = 100;
const EVENTS = RATE * scaled(30, 3);
/** Longer than Neo4j keeps a plan that no longer fits, 30 s: the plans for an empty graph are gone by then. */
const SETTLE = RATE * scaled(40, 1);
const { maxDeliveries } = DEFAULT_OPTIONS;
const PATIENCE_MS = 60_000;
const SERVICE = 'call to arrival at 100/s';
const RAW = 'raw Neo4j, one commit of the same nodes at 100/s';

/** The rush of the warm-up must have left the log: at 100/s as many go as come. */
async function untilTrimmed(api: Client, webhookId: string): Promise<void> {
  const path = `/api/v1/webhooks/${webhookId}/deliveries?limit=1`;
  const isTrimmed = async (): Promise<boolean> =>
    (await api.get<{ total: number }>(path)).total <= maxDeliveries;
  await until('the log is within its limits', PATIENCE_MS * 10, isTrimmed, 500);
}

async function ofTheService(report: Report, neo4j: Neo4j, receiver: Receiver): Promise<string> {
  const { api, stop } = await startService(neo4j);
  const webhookId = await createWebhook(api, `${receiver.base}/hook/timed`);
  await emitSingly(api, WARM_UP, 32);
  await receiver.untilReceived(WARM_UP, PATIENCE_MS * 3);
  await neo4j.untilFinished(PATIENCE_MS);
  await untilTrimmed(api, webhookId);
  await emitPaced(api, SETTLE, RATE);
  await repeatedly(async () => {
    const times = await arrivalTimes(receiver, 1, PATIENCE_MS, () => emitPaced(api, EVENTS, RATE));
    reportTimes(report, SERVICE, times);
  });
  await stop();
  return webhookId;
}

/** Event, delivery and edges of one event in one auto-commit transaction; one at a time, as the service does it. */
async function ofTheCommit(report: Report, neo4j: Neo4j, webhookId: string): Promise<void> {
  const raw = await RawCommits.on(neo4j.driver);
  await repeatedly(async () => {
    const statements = await Promise.all(newEvents(EVENTS, webhookId).map((event) => raw.append([event])));
    const times: number[] = [];
    const commit = async (statement: Statement): Promise<void> => {
      const started = now();
      await raw.run(statement, 1);
      times.push(now() - started);
    };
    let last = Promise.resolve();
    await paced(EVENTS, RATE, (i) => (last = last.then(() => commit(statements[i] as Statement))));
    reportTimes(report, RAW, times);
  });
}

/** From the call of `POST /events` to the arrival at the receiver; every event is durable before it is answered. */
export async function latency(report: Report, neo4j: Neo4j): Promise<void> {
  const receiver = await Receiver.start();
  const webhookId = await ofTheService(report, neo4j, receiver);
  await receiver.stop();
  await ofTheCommit(report, neo4j, webhookId);
  for (const measure of ['p50', 'p99']) {
    report.ratio('call to arrival / one bare commit', measure, [SERVICE, measure], [RAW, measure]);
  }
}
