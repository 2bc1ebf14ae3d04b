import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { arrivalTimes, reportTimes } from '../support/arrival-times.js';
import { createWebhook, emitPaced, emitSingly, setActive } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { repeatedly, scaled, WARM_UP } from '../support/sizes.js';
import { withStack, type Stack } from '../support/stack.js';
import { inParallel } from '../support/waiting.js';
import { PATIENCE_MS, SECONDS } from './isolation.js';

const RATE = 100;
const [FRESH, OTHERS] = ['fresh', 'others'];
const CALM = 'fresh events at 100/s, calm';

const DEAD_NAMES = 10;
const SILENT_NAMES = new URL('../support/silent-names.mjs', import.meta.url).href;

const THROTTLED = 54;
/** A turn every 5 ms: the healthy webhook, 100 a second to a destination of its own, has room. */
const THROTTLE = 200;
/** 54 × 8 = 432 a second want to go through a throttle of 200: the backlog grows all the time. */
const THROTTLED_RATE = 8;
/** These go through the throttle as well. */
const THROTTLED_WARM_UP = scaled(10_000, 500);

const EXISTING = scaled(5000, 50);
const CREATORS = 8;

/** What happens beside the fresh events; answers how it ends. */
type Disturbance = () => Promise<() => Promise<unknown>>;

async function measure(report: Report, { service, receiver }: Stack, subject: string): Promise<void> {
  const emit = (): Promise<Map<string, number>> => emitPaced(service.api, SECONDS * RATE, RATE, () => FRESH);
  reportTimes(report, subject, await arrivalTimes(receiver, 1, PATIENCE_MS, emit));
}

/** Fresh events of one healthy webhook, in turns without and with the disturbance. */
async function compare(
  report: Report,
  stack: Stack,
  what: string,
  disturb: Disturbance,
  warmUp = WARM_UP,
): Promise<void> {
  const subject = `fresh events at 100/s, ${what}`;
  await createWebhook(stack.service.api, `${stack.receiver.base}/hook/timed`, { project_id: FRESH });
  await emitSingly(stack.service.api, warmUp, 8, FRESH);
  await stack.neo4j.untilFinished(PATIENCE_MS);
  await repeatedly(async () => {
    await measure(report, stack, CALM);
    const end = await disturb();
    await measure(report, stack, subject);
    await end();
  });
  for (const figure of ['p50', 'p99'])
    report.ratio('fresh events', `${figure} beside ${what} / calm`, [subject, figure], [CALM, figure]);
}

/** Events for the webhooks of the other project, for as long as fresh ones are measured. */
async function emitToOthers({ service }: Stack, ids: readonly string[], rate: number) {
  await setActive(service.api, ids, true);
  const emitted = emitPaced(service.api, SECONDS * rate, rate, () => OTHERS);
  return async (): Promise<void> => {
    await emitted;
    await setActive(service.api, ids, false);
  };
}

async function createOthers({ service }: Stack, count: number, urlOf: (index: number) => string) {
  const ids: string[] = [];
  await inParallel(count, 8, async (i) => {
    ids.push(await createWebhook(service.api, urlOf(i), { project_id: OTHERS, active: false }));
  });
  return ids;
}

/** A name server that takes all questions and answers none. */
async function silentNameServer(): Promise<{ readonly address: string; readonly close: () => void }> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

/** Ten webhooks on names that never resolve: their name server says nothing. */
export async function isolationNames(report: Report, neo4j: Neo4j): Promise<void> {
  const names = await silentNameServer();
  const env = { NODE_OPTIONS: `--import=${SILENT_NAMES}`, BENCH_NAME_SERVER: names.address };
  const work = async (stack: Stack): Promise<void> => {
    const ids = await createOthers(stack, DEAD_NAMES, (i) => `http://dead-${i}.invalid/hook`);
    await compare(report, stack, `${DEAD_NAMES} webhooks on dead names`, () =>
      emitToOthers(stack, ids, RATE / DEAD_NAMES),
    );
  };
  await withStack(neo4j, work, env);
  names.close();
}

/** 54 webhooks of one destination that get more than their throttle lets through. */
export async function isolationThrottle(report: Report, neo4j: Neo4j): Promise<void> {
  const slow = await Receiver.start();
  const work = async (stack: Stack): Promise<void> => {
    const ids = await createOthers(stack, THROTTLED, (i) => `${slow.base}/hook/${i}`);
    const disturb = (): ReturnType<Disturbance> => emitToOthers(stack, ids, THROTTLED_RATE);
    const what = `${THROTTLED} webhooks behind one slow throttle`;
    await compare(report, stack, what, disturb, THROTTLED_WARM_UP);
  };
  await withStack(neo4j, work, { MAX_REQUESTS_PER_SECOND: String(THROTTLE) });
  await slow.stop();
  report.note(`The throttle is ${THROTTLE}/s for each destination; the healthy webhook has one of its own.`);
}

/** Eight clients that create webhooks in a loop, beside 5,000 that exist. */
export async function isolationCreation(report: Report, neo4j: Neo4j): Promise<void> {
  await withStack(neo4j, async (stack) => {
    const create = (): Promise<unknown> => createOthers(stack, 1, () => `${stack.receiver.base}/hook/other`);
    await createOthers(stack, EXISTING, (i) => `${stack.receiver.base}/hook/${i}`);
    let created = 0;
    await compare(report, stack, `${CREATORS} clients creating webhooks beside ${EXISTING}`, async () => {
      let ended = false;
      const loop = async (): Promise<void> => {
        for (; !ended; created += 1) await create();
      };
      const loops = Promise.all(Array.from({ length: CREATORS }, loop));
      return async () => {
        ended = true;
        await loops;
      };
    });
    report.add('webhooks', 'created meanwhile, in all runs', created, 'webhooks');
  });
}
