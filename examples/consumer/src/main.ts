import 'reflect-metadata';
import { setTimeout as wait } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { WebhookService } from 'basset-hound-webhooks';
import { AppModule } from './app.module.js';
import { EntityService } from './entity.service.js';
import { Receiver } from './receiver.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const EXPECTED = ['case.closed', 'entity.created'];

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
const receiver = new Receiver(SECRET);
const webhook = await app.get(WebhookService).createWebhook({
  name: 'Consumer',
  url: await receiver.listen(),
  secret: SECRET,
  events: EXPECTED,
});

const entities = app.get(EntityService);
await entities.create('demo', 'person-1');
await entities.closeCase('demo');

for (let tries = 0; tries < 200 && receiver.events.length < EXPECTED.length; tries += 1) await wait(100);
await app.get(WebhookService).deleteWebhook(webhook.id);
await app.close();
receiver.close();

const arrived = receiver.events.sort();
console.log(`arrived: ${arrived.join(', ')}`);
process.exitCode = String(arrived) === String(EXPECTED) ? 0 : 1;
