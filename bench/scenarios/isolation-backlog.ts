import { setTimeout as pause } from 'node:timers/promises';
import { arrivalTimes, reportTimes } from '../support/arrival-times.js';
import { createWebhook, emitPaced, emitSingly } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import { beforeOutage, duringOutage } from '../support/outage.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { repeatedly, scaled, WARM_UP } from '../support/sizes.js';
import { withStack, type Stack } from '../support/stack.js';
import { PATIENCE_MS, SECONDS } from './isolation.js';

const BACKLOG = scaled(100_000, 2000);
const RATE = 100;
/** The rush of incoming events is over by then, and the retries are what is left. */
const SETTLE_MS = 5000;
const RETRY = { initial_delay: 10, max_delay: 60 };
const [DOWN, FRESH] = ['down', 'fresh'];
const WITHOUT = 'fresh events at 100/s, no backlog';
const WITH = `fresh events at 100/s, ${BACKLOG.toLocaleString('en')} pending of another webhook`;

async function measureFresh(report: Report, { service, receiver }: Stack, subject: string): Promise<void> {
  const emit = (): Promise<Map<string, number>> => emitPaced(service.api, SECONDS * RATE, RATE, () => FRESH);
  await repeatedly(async () => {
    reportTimes(report, subject, await arrivalTimes(receiver, 1, PATIENCE_MS, emit));
  });
}

/** A webhook whose receiver is down and that has 100,000 deliveries to retry; and fresh events to another webhook. */
export async function isolationBacklog(report: Report, neo4j: Neo4j): Promise<void> {
  const other = await Receiver.start();
  await withStack(neo4j, async (stack) => {
    const { service, receiver } = stack;
    const failing = { ...stack, receiver: other };
    await createWebhook(service.api, `${receiver.base}/hook/timed`, { project_id: FRESH });
    await emitSingly(service.api, WARM_UP, 32, FRESH);
    await beforeOutage(failing, RETRY, DOWN);
    await measureFresh(report, stack, WITHOUT);
    await duringOutage(failing, BACKLOG, DOWN);
    await pause(SETTLE_MS);
    await measureFresh(report, stack, WITH);
    report.add(WITH, 'still pending afterwards', (await neo4j.unfinished()).pending, 'deliveries');
  });
  await other.stop();
  for (const measure of ['p50', 'p99']) {
    report.ratio(
      'fresh events',
      `${measure} with / without the backlog`,
      [WITH, measure],
      [WITHOUT, measure],
    );
  }
}
