import { arrivalTimes, reportTimes, type Calls } from '../support/arrival-times.js';
import { createWebhook, emitPaced, emitSingly } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import type { Report } from '../support/report.js';
import { repeatedly, scaled, WARM_UP } from '../support/sizes.js';
import { withStack, type Stack } from '../support/stack.js';

const RATE = 100;
const HALF = 5;
export const SECONDS = scaled(20, 3);
export const PATIENCE_MS = 180_000;

/** Webhooks of which some hang when the receiver is told so, the others are timed. */
export interface Mixture {
  readonly subject: string;
  /** How many webhooks have `/timed` in their path. */
  readonly healthy: number;
  readonly hanging: number;
  /** Emits; answers the calls of what the healthy get. */
  readonly emit: () => Promise<Calls>;
}

/** The healthy ones' times while the others answer, and while they hang for 15 s: the same webhooks, in turns. */
export async function measureMixture(
  report: Report,
  { receiver, neo4j }: Stack,
  { subject, healthy, hanging, emit }: Mixture,
): Promise<void> {
  const [none, some] = [`${subject}, none hangs`, `${subject}, ${hanging} hang`];
  await repeatedly(async () => {
    for (const [name, order] of [
      [none, 'release'],
      [some, 'hang'],
    ] as const) {
      await receiver.tell(order);
      reportTimes(report, name, await arrivalTimes(receiver, healthy, PATIENCE_MS, emit));
      await receiver.tell('release');
      await neo4j.untilFinished(PATIENCE_MS);
    }
  });
  for (const measure of ['p50', 'p99']) {
    report.ratio(
      subject,
      `${measure} of the healthy, ${hanging} hang / none hangs`,
      [some, measure],
      [none, measure],
    );
  }
}

/** Makes the Java virtual machine compile, and each webhook's window of requests open. */
export async function warmUp(
  { service, receiver, neo4j }: Stack,
  webhooks: number,
  project: string | null,
): Promise<void> {
  await receiver.tell('release');
  await emitSingly(service.api, Math.ceil(WARM_UP / webhooks), 8, project);
  await neo4j.untilFinished(PATIENCE_MS);
}

/** Ten webhooks on one receiver at 100 events/s (1,000 deliveries/s), five of which hang for 15 s. */
export async function isolation(report: Report, neo4j: Neo4j): Promise<void> {
  await withStack(neo4j, async (stack) => {
    const { service, receiver } = stack;
    for (let i = 0; i < HALF; i += 1) {
      await createWebhook(service.api, `${receiver.base}/hook/timed/${i}`);
      await createWebhook(service.api, `${receiver.base}/hang/${i}`);
    }
    await warmUp(stack, 2 * HALF, null);
    await measureMixture(report, stack, {
      subject: '10 webhooks at 100 events/s',
      healthy: HALF,
      hanging: HALF,
      emit: () => emitPaced(service.api, SECONDS * RATE, RATE),
    });
  });
  report.note('Times are from the call to the arrival at each of the five healthy webhooks.');
}
