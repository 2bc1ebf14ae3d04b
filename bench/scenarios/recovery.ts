import { createWebhook, emitInBatches, emitSingly } from '../support/events.js';
import type { Neo4j } from '../support/neo4j.js';
import { Receiver } from '../support/receiver.js';
import type { Report } from '../support/report.js';
import { startService, type Service } from '../support/service.js';
import { repeatedly, scaled, WARM_UP } from '../support/sizes.js';
import { now } from '../support/waiting.js';

/** A multiple of the batch. */
const IN_FLIGHT = Math.ceil(scaled(500, 100) / 100) * 100;
const PATIENCE_MS = 120_000;
const SUBJECT = `kill -9 with ${IN_FLIGHT} deliveries in flight or claimed`;

/** Leaves deliveries behind that the receiver holds: 32 requests in flight, the rest claimed and waiting in memory. */
async function killWithWork(neo4j: Neo4j, receiver: Receiver, service: Service): Promise<void> {
  await receiver.tell('release');
  await emitSingly(service.api, WARM_UP, 32);
  await neo4j.untilFinished(PATIENCE_MS);
  await receiver.tell('hang');
  await emitInBatches(service.api, IN_FLIGHT);
  await receiver.tell('reset');
  await service.kill();
  await receiver.tell('release');
}

/** A lone service is killed and started again: how long until the last of its deliveries is made. */
export async function recovery(report: Report, neo4j: Neo4j): Promise<void> {
  const receiver = await Receiver.start();
  let service = await startService(neo4j);
  await createWebhook(service.api, `${receiver.base}/hang/timed`);
  await repeatedly(async () => {
    await killWithWork(neo4j, receiver, service);
    service = await startService(neo4j);
    const ready = now();
    await receiver.untilTimed(IN_FLIGHT, PATIENCE_MS);
    const last = Math.max(...(await receiver.arrivals()).map(([, at]) => at));
    report.add(SUBJECT, 'from the start to readiness', service.readyMs / 1000, 's');
    report.add(SUBJECT, 'from readiness to the last recovered delivery', (last - ready) / 1000, 's');
    await neo4j.untilFinished(PATIENCE_MS);
  });
  await service.stop();
  await receiver.stop();
}
