import { createWebhook, emitForSeconds, emitSingly } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import { MemorySampler, usageOf } from '../support/process-usage.js';
import type { Report } from '../support/report.js';
import { FULL, scaled, WARM_UP } from '../support/sizes.js';
import { withStack } from '../support/stack.js';

const SECONDS = scaled(FULL ? 180 : 60, 5);
const SUBJECT = `ingest faster than delivery for ${SECONDS} s`;
/** With 32 requests in flight at most 640 deliveries/s. */
const ANSWER_MS = 50;

/** The mean of the samples between two shares of the time. */
function mean(samples: readonly number[], from: number, to: number): number {
  const part = samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to));
  return part.reduce((sum, value) => sum + value, 0) / part.length;
}

/** A receiver that takes 50 ms for each request while events come in at full speed: what the service's memory does. */
export async function memorySurplus(report: Report, neo4j: Neo4j): Promise<void> {
  await withStack(neo4j, async ({ service, receiver }) => {
    const { api, pid } = service;
    await createWebhook(api, `${receiver.base}/hook`, { project_id: 'warm-up' });
    await createWebhook(api, `${receiver.base}/slow/${ANSWER_MS}`, { project_id: 'slow' });
    await emitSingly(api, Math.ceil(WARM_UP / 20), 32, 'warm-up');
    await receiver.tell('reset');
    const sampler = new MemorySampler(pid);
    const accepted = await emitForSeconds(api, SECONDS, 'slow');
    const samples = sampler.stop();
    report.add(SUBJECT, 'accepted', accepted / SECONDS, '1/s');
    report.add(SUBJECT, 'delivered', (await receiver.received()) / SECONDS, '1/s');
    report.add(SUBJECT, 'pending at the end', (await neo4j.unfinished()).pending, 'deliveries');
    report.add(SUBJECT, 'resident: service, near the start', mean(samples, 0.1, 0.2), 'MiB');
    report.add(SUBJECT, 'resident: service, in the middle', mean(samples, 0.45, 0.55), 'MiB');
    report.add(SUBJECT, 'resident: service, near the end', mean(samples, 0.9, 1), 'MiB');
    report.add(SUBJECT, 'resident: service, at most', usageOf(pid).peakMiB, 'MiB');
  });
}
