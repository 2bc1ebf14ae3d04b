/**
 * A Nest application that imports the built module and emits through `WebhookService`. Told what to do by messages
 * `{ way, count, concurrency }`; answers `{ acceptedMs }` when all are accepted.
 */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { WebhookService, WebhooksModule } from 'basset-hound-webhooks';
import { BATCH, eventData } from './events.js';
import { inParallel } from './waiting.js';

/** One order to emit. */
export interface Emission {
  /** `sendEvent` each, or `sendEvents` of 100. */
  readonly way: 'one' | 'batch';
  readonly count: number;
  readonly concurrency: number;
}

const {
  NEO4J_URI: uri = '',
  NEO4J_USER: user = '',
  NEO4J_PASSWORD: password = '',
  SECRETS_KEY = '',
} = process.env;
const module = WebhooksModule.forRoot({
  neo4j: { uri, user, password },
  secretsKeys: [SECRETS_KEY],
  allowedNetworks: ['127.0.0.0/8'],
  maxRequestsPerSecond: 0,
  controllers: false,
});
const app = await NestFactory.createApplicationContext(module, { logger: ['error', 'warn'] });
app.enableShutdownHooks();
const webhooks = app.get(WebhookService);

async function emit({ way, count, concurrency }: Emission): Promise<void> {
  if (way === 'one') {
    await inParallel(count, concurrency, (i) => webhooks.sendEvent('entity.created', { data: eventData(i) }));
    return;
  }
  await inParallel(Math.ceil(count / BATCH), concurrency, (index) => {
    const events = Array.from({ length: BATCH }, (_, i) => eventData(index * BATCH + i));
    return webhooks.sendEvents(events.map((data) => ({ event: 'entity.created', data })));
  });
}

process.on('message', (emission: Emission) => {
  const started = performance.now();
  void emit(emission).then(() => process.send?.({ acceptedMs: performance.now() - started }));
});
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.stdout.write('{"ready":true}\n');
