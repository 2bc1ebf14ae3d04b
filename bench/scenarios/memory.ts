import type { Neo4j } from '../support/neo4j.js';
import { beforeOutage, duringOutage } from '../support/outage.js';
import { MemorySampler, usageOf } from '../support/process-usage.js';
import type { Report } from '../support/report.js';
import { FULL, scaled } from '../support/sizes.js';
import { withStack, type Stack } from '../support/stack.js';
import { now, until } from '../support/waiting.js';

const PENDING = scaled(1_000_000, 5000);
const DRAIN_SECONDS = scaled(60, 5);
const FULL_DRAIN_MS = 3600_000;
const RETRY = { initial_delay: 10, max_delay: 60 };
const SUBJECT = `${PENDING.toLocaleString('en')} pending deliveries`;

/** The rate of the minute after the first delivery; of all when that took less. */
async function drain(report: Report, { receiver, neo4j }: Stack): Promise<void> {
  const finished = async (): Promise<boolean> => (await neo4j.unfinished()).pending === 0;
  const returned = now();
  await receiver.tell('up');
  await receiver.untilReceived(1, FULL_DRAIN_MS);
  report.add(SUBJECT, 'from the return to the first delivery', (now() - returned) / 1000, 's');
  const started = now();
  const elapsed = (): number => (now() - started) / 1000;
  await until('the first minute', FULL_DRAIN_MS, async () => elapsed() >= DRAIN_SECONDS || finished(), 200);
  report.add(
    SUBJECT,
    `delivered in ${DRAIN_SECONDS} s from then on`,
    (await receiver.received()) / elapsed(),
    '1/s',
  );
  if (!FULL) return;
  await until('all is delivered', FULL_DRAIN_MS, finished, 500);
  report.add(
    SUBJECT,
    'delivered, from the first to the last',
    (await receiver.received()) / elapsed(),
    '1/s',
  );
}

/** A million deliveries that wait for a receiver that is down, and what of them is in memory. */
export async function memory(report: Report, neo4j: Neo4j): Promise<void> {
  await withStack(neo4j, async (stack) => {
    const { pid } = stack.service;
    await beforeOutage(stack, RETRY);
    const sampler = new MemorySampler(pid);
    const { pending, acceptedPerSecond } = await duringOutage(stack, PENDING);
    const samples = sampler.stop();
    report.add(SUBJECT, 'accepted while the receiver is down', acceptedPerSecond, '1/s');
    report.add(SUBJECT, 'pending in the graph', pending, 'deliveries');
    report.add(SUBJECT, 'resident: service, while they come in, at most', Math.max(...samples), 'MiB');
    report.add(SUBJECT, 'resident: service, when all are in', usageOf(pid).rssMiB, 'MiB');
    await drain(report, stack);
    report.add(SUBJECT, 'resident: service, at most, draining included', usageOf(pid).peakMiB, 'MiB');
    report.add(SUBJECT, 'failed for good', (await neo4j.unfinished()).failed, 'deliveries');
  });
  if (!FULL)
    report.note(
      'Draining is measured over the minute after the first delivery; BENCH_FULL=1 waits for the last delivery.',
    );
}
