import { createWebhook, emitInBatches, setActive } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import { CpuMeter } from '../support/process-usage.js';
import type { Report } from '../support/report.js';
import { repeatedly, scaled, WARM_UP } from '../support/sizes.js';
import { withStack, type Stack } from '../support/stack.js';

const EVENTS = scaled(20_000, 1000);
/** Under the throttle that is the default nobody waits for more, one by one. */
const THROTTLED = scaled(200, 100);
const PATIENCE_MS = 600_000;

/** Answers 200 without a body, which OTLP takes for success. */
const PATH = '/hook/v1/logs';

async function measure(
  report: Report,
  { neo4j, service, receiver }: Stack,
  subject: string,
  count: number,
): Promise<void> {
  await receiver.tell('reset');
  const cpu = new CpuMeter({ service: service.pid, neo4j: neo4j.pid });
  const started = performance.now();
  const emitted = await emitInBatches(service.api, count);
  await neo4j.untilFinished(PATIENCE_MS);
  const seconds = (performance.now() - started) / 1000;
  report.add(subject, 'delivered', emitted / seconds, '1/s');
  report.add(subject, 'requests', await receiver.received(), 'requests');
  for (const [name, used] of Object.entries(cpu.read()))
    report.add(subject, `CPU per event: ${name}`, (used / emitted) * 1000, 'ms');
}

async function inRequestsOf(report: Report, neo4j: Neo4j, batch: number, perSecond: number): Promise<void> {
  const isThrottled = perSecond > 0;
  const way = batch === 1 ? 'one by one' : `up to ${batch} in a request`;
  const subject = `OTLP, ${way}, ${isThrottled ? `${perSecond} requests a second` : 'throttle off'}`;
  await withStack(
    neo4j,
    async (stack) => {
      const { api } = stack.service;
      const options = { format: 'otlp_logs', format_options: { batch } };
      const id = await createWebhook(api, `${stack.receiver.base}${PATH}`, options);
      if (isThrottled) await measure(report, stack, subject, THROTTLED);
      else {
        await emitInBatches(api, WARM_UP);
        await neo4j.untilFinished(PATIENCE_MS);
        await repeatedly(() => measure(report, stack, subject, EVENTS));
      }
      await setActive(api, [id], false);
    },
    { MAX_REQUESTS_PER_SECOND: String(perSecond) },
  );
}

/** Many events to a receiver that takes several in one request, against one by one. */
export async function together(report: Report, neo4j: Neo4j): Promise<void> {
  for (const perSecond of [0, 10])
    for (const batch of [1, 100]) await inRequestsOf(report, neo4j, batch, perSecond);
}
