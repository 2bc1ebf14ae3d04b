import { get, type ClientRequest } from 'node:http';
import { createWebhook, emitSingly } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import type { Report } from '../support/report.js';
import { repeatedly, scaled, WARM_UP } from '../support/sizes.js';
import { withStack, type Stack } from '../support/stack.js';
import { until } from '../support/waiting.js';

const CLIENTS = 10;
const EVENTS = scaled(20_000, 1000);
const PATIENCE_MS = 180_000;
const ALONE = 'POST /events, 32 at a time, nobody watches the feed';
const WATCHED = `POST /events, 32 at a time, ${CLIENTS} clients watch the feed`;

/** Clients that read and forget. */
class Watchers {
  private readonly requests: ClientRequest[] = [];
  bytes = 0;

  async open(base: string): Promise<void> {
    let ready = 0;
    for (let n = 0; n < CLIENTS; n += 1) {
      const request = get(`${base}/api/v1/feed`, { agent: false }, (response) => {
        ready += 1;
        response.on('data', (chunk: Buffer) => (this.bytes += chunk.length));
        response.on('error', () => undefined);
      });
      request.on('error', () => undefined);
      this.requests.push(request);
    }
    await until('the feed is open', PATIENCE_MS, () => ready === CLIENTS);
  }

  close(): void {
    for (const request of this.requests) request.destroy();
  }
}

async function measure(report: Report, { service, receiver, neo4j }: Stack, subject: string): Promise<void> {
  await receiver.tell('reset');
  const started = performance.now();
  await emitSingly(service.api, EVENTS, 32);
  await receiver.untilReceived(EVENTS, PATIENCE_MS);
  report.add(subject, 'delivered', EVENTS / ((performance.now() - started) / 1000), '1/s');
  await neo4j.untilFinished(PATIENCE_MS);
}

/** What ten dashboards cost: the same events with and without them, one after the other. */
export async function feedClients(report: Report, neo4j: Neo4j): Promise<void> {
  await withStack(neo4j, async (stack) => {
    await createWebhook(stack.service.api, `${stack.receiver.base}/hook`);
    await emitSingly(stack.service.api, WARM_UP, 32);
    await neo4j.untilFinished(PATIENCE_MS);
    await repeatedly(async () => {
      await measure(report, stack, ALONE);
      const watchers = new Watchers();
      await watchers.open(stack.service.api.base);
      await measure(report, stack, WATCHED);
      watchers.close();
      report.add(WATCHED, 'read by all clients', watchers.bytes / 1024 / 1024, 'MiB');
    });
  });
  report.ratio(WATCHED, 'delivered, with / without', [WATCHED, 'delivered'], [ALONE, 'delivered']);
  report.note('The clients are part of the load generator, on the same cores.');
}
