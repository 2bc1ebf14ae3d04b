import type { Neo4j } from '../support/neo4j.js';
import { duringOutage, beforeOutage } from '../support/outage.js';
import { usageOf } from '../support/process-usage.js';
import type { Report } from '../support/report.js';
import { scaled } from '../support/sizes.js';
import { withStack } from '../support/stack.js';

const PENDING = scaled(100_000, 2000);
const PATIENCE_MS = 900_000;
const RETRY = { initial_delay: 1, max_delay: 5 };
const SUBJECT = `catch-up of ${PENDING.toLocaleString('en')} deliveries`;

/** The receiver refuses connections while 100,000 deliveries pile up, and then comes back. */
export async function catchUp(report: Report, neo4j: Neo4j): Promise<void> {
  await withStack(neo4j, async (stack) => {
    const { service, receiver } = stack;
    await beforeOutage(stack, RETRY);
    const { pending, acceptedPerSecond } = await duringOutage(stack, PENDING);
    report.add(SUBJECT, 'accepted while the receiver is down', acceptedPerSecond, '1/s');
    report.add(SUBJECT, 'pending when it returns', pending, 'deliveries');
    const started = performance.now();
    await receiver.tell('up');
    await receiver.untilReceived(1, PATIENCE_MS);
    report.add(SUBJECT, 'from the return to the first delivery', performance.now() - started, 'ms');
    await neo4j.untilFinished(PATIENCE_MS);
    const seconds = (performance.now() - started) / 1000;
    report.add(
      SUBJECT,
      'delivered, from the return to the last',
      (await receiver.received()) / seconds,
      '1/s',
    );
    report.add(SUBJECT, 'failed for good', (await neo4j.unfinished()).failed, 'deliveries');
    report.add(SUBJECT, 'resident: service, at most', usageOf(service.pid).peakMiB, 'MiB');
  });
  report.note(
    'The webhook retries 10 times, after 1 s and then up to every 5 s. The service keeps trying while the receiver ' +
      'refuses connections; part of the backlog has been tried by then and waits for its next time, the rest has not.',
  );
}
