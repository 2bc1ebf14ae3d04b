import { arrivalTimes, reportTimes, type Calls } from '../support/arrival-times.js';
import { createWebhook, emitPaced, emitSingly, setActive } from '../support/events.js';
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
  /** Ids of the others. */
  readonly hanging: readonly string[];
  /** Emits; answers the calls of what the healthy get. */
  readonly emit: () => Promise<Calls>;
}

/** The three states of the others, and how the receiver treats them. */
const STATES = [
  { state: 'the others switched off', active: false, order: 'release' },
  { state: 'the others answer', active: true, order: 'release' },
  { state: 'the others hang', active: true, order: 'hang' },
] as const;
const [ALONE, ANSWERING, HANGING] = STATES.map(({ state }) => state) as [string, string, string];

/** The healthy ones' times beside the others in each of their states: the same webhooks, in turns. */
export async function measureMixture(
  report: Report,
  { service, receiver, neo4j }: Stack,
  { subject, healthy, hanging, emit }: Mixture,
): Promise<void> {
  const named = (state: string): string => `${subject}: ${state}`;
  await repeatedly(async () => {
    for (const { state, active, order } of STATES) {
      await setActive(service.api, hanging, active);
      await receiver.tell(order);
      reportTimes(report, named(state), await arrivalTimes(receiver, healthy, PATIENCE_MS, emit));
      await receiver.tell('release');
      await neo4j.untilFinished(PATIENCE_MS);
    }
  });
  for (const measure of ['p50', 'p99']) {
    for (const without of [ANSWERING, ALONE]) {
      const name = `${measure} of the healthy, the others hang / ${without.replace('the others ', '')}`;
      report.ratio(subject, name, [named(HANGING), measure], [named(without), measure]);
    }
  }
  report.note(
    'Where the others answer, their requests load the machine as well, which they do not while they hang: a ratio ' +
      'below 1 says that, and is no merit. The ratio to the others switched off has the opposite bias.',
  );
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
    const hanging: string[] = [];
    for (let i = 0; i < HALF; i += 1) {
      await createWebhook(service.api, `${receiver.base}/hook/timed/${i}`);
      hanging.push(await createWebhook(service.api, `${receiver.base}/hang/${i}`));
    }
    await warmUp(stack, 2 * HALF, null);
    await measureMixture(report, stack, {
      subject: '5 of 10 webhooks at 100 events/s',
      healthy: HALF,
      hanging,
      emit: () => emitPaced(service.api, SECONDS * RATE, RATE),
    });
  });
  report.note('Times are from the call to the arrival at each of the five healthy webhooks.');
}
