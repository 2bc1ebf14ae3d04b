import { createWebhook, emitPaced } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import type { Report } from '../support/report.js';
import { scaled } from '../support/sizes.js';
import { withStack, type Stack } from '../support/stack.js';
import { inParallel } from '../support/waiting.js';
import { measureMixture, SECONDS, warmUp } from './isolation.js';

const HANGING = scaled(500, 25);
const HEALTHY = 5;
const RATE = 100;
/** 100 events/s to all 505 would be 50,500 deliveries/s, more than the graph can write; this is 2,020. */
const SHARED_RATE = 4;

const SHARED = 'shared';
const HEALTHY_PROJECT = 'healthy';
const projectOf = (index: number): string => `project-${index % HANGING}`;

/** Answers the ids of those that hang when told so. */
async function createAll(
  { service, receiver }: Stack,
  healthyIn: string,
  hangingIn: (index: number) => string,
): Promise<string[]> {
  const create = (path: string, project: string): Promise<string> =>
    createWebhook(service.api, `${receiver.base}${path}`, { project_id: project });
  await inParallel(HEALTHY, HEALTHY, (i) => create(`/hook/timed/${healthyIn}/${i}`, healthyIn));
  const hanging: string[] = [];
  await inParallel(HANGING, 8, async (i) =>
    hanging.push(await create(`/hang/${hangingIn(i)}/${i}`, hangingIn(i))),
  );
  return hanging;
}

/** Every event goes to the healthy and the hanging alike. */
async function sameEvents(report: Report, stack: Stack): Promise<void> {
  const hanging = await createAll(stack, SHARED, () => SHARED);
  await warmUp(stack, HEALTHY + HANGING, SHARED);
  await measureMixture(report, stack, {
    subject: `${HEALTHY} of ${HEALTHY + HANGING} webhooks, all get all, ${SHARED_RATE} events/s`,
    healthy: HEALTHY,
    hanging,
    emit: () => emitPaced(stack.service.api, SECONDS * SHARED_RATE, SHARED_RATE, () => SHARED),
  });
}

/** The healthy get 100 events/s; the hanging, each of a project of its own, 100 events/s among them. */
async function eventsOfTheirOwn(report: Report, stack: Stack): Promise<void> {
  const { api } = stack.service;
  const hanging = await createAll(stack, HEALTHY_PROJECT, projectOf);
  await warmUp(stack, HEALTHY, HEALTHY_PROJECT);
  const count = SECONDS * RATE;
  await measureMixture(report, stack, {
    subject: `${HEALTHY} webhooks at 100 events/s, ${HANGING} others at 100/s among them`,
    healthy: HEALTHY,
    hanging,
    emit: async () => {
      const [calls] = await Promise.all([
        emitPaced(api, count, RATE, () => HEALTHY_PROJECT),
        emitPaced(api, count, RATE, projectOf),
      ]);
      return calls;
    },
  });
}

/** Five hundred hanging webhooks beside five healthy ones, on one receiver, in two mixtures. */
export async function isolationMany(report: Report, neo4j: Neo4j): Promise<void> {
  await withStack(neo4j, async (stack) => {
    await sameEvents(report, stack);
    await eventsOfTheirOwn(report, stack);
  });
  report.note(
    `All get all is run at ${SHARED_RATE} events/s: at 100 the graph would have to take 50,500 deliveries/s, ` +
      'more than it can write, whoever hangs.',
  );
}
