import 'reflect-metadata';
import { afterEach, beforeAll, afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { WebhooksModule, WebhookService, type WebhooksModuleOptions } from '../../src/index.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { testConnection } from '../support/connection.js';

const KEY = 'key-of-the-host-0123';
const WEBHOOK = { name: 'form', events: ['*'] };

let graph: Graph;
let receiver: Receiver;
let app: NestExpressApplication | undefined;

beforeAll(() => {
  graph = Graph.open();
});
beforeEach(async () => {
  await graph.wipe();
  receiver = await Receiver.start();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await receiver.close();
});
afterAll(() => graph.close());

/** An application as `nest new` makes it, with the module in it: Nest reads JSON and forms by itself. */
async function start(
  extras: { controllers?: boolean } & WebhooksModuleOptions,
  rawBody = false,
): Promise<NestExpressApplication> {
  const { controllers, ...options } = extras;
  const module = await Test.createTestingModule({
    imports: [
      WebhooksModule.forRoot({
        neo4j: testConnection(),
        secretsKeys: [Buffer.alloc(32, 1).toString('base64')],
        allowedNetworks: ['127.0.0.0/8'],
        maxRequestsPerSecond: 0,
        ...options,
        ...(controllers !== undefined && { controllers }),
      }),
    ],
  }).compile();
  app = module.createNestApplication<NestExpressApplication>({ logger: false, rawBody } as never);
  await app.listen(0, '127.0.0.1');
  return app;
}

const http = () => request(app!.getHttpServer());
const total = async () => (await app!.get(WebhookService).listWebhooks()).total;
const form = () =>
  http()
    .post('/webhooks')
    .type('form')
    .send(`name=form&url=${encodeURIComponent(receiver.url())}&events[]=*`);

describe('the module in another application', () => {
  it('opens no route unless it is asked to', async () => {
    await start({});
    for (const path of ['/webhooks', '/webhooks/events', '/webhooks/stats', '/projects/p/webhooks']) {
      await http().get(path).expect(404);
    }
    await http().post('/events').send({ event: 'entity.created' }).expect(404);
    await form().expect(404);
    expect(await total()).toBe(0);
  });

  it('takes no form and no page of another origin, with keys or without', async () => {
    for (const access of [{}, { allowAnonymous: true }, { apiKeys: [KEY] }]) {
      await start({ controllers: true, ...access });
      const key = access.apiKeys ? KEY : 'none';
      await form()
        .set('X-API-Key', key)
        .set('Origin', 'http://evil.example')
        .expect(access.apiKeys ? 415 : 403);
      await form().set('X-API-Key', key).expect(415);
      const body = { ...WEBHOOK, url: receiver.url() };
      const foreign = http().post('/webhooks').set('Origin', 'http://evil.example').send(body);
      await foreign.expect(access.apiKeys ? 401 : 403);
      expect(await total()).toBe(0);
      await app!.close();
    }
  });

  it('asks each call of each route for a key', async () => {
    await start({ controllers: true, apiKeys: [`ci:${KEY}`] });
    const routes = [
      ['get', '/webhooks'],
      ['post', '/webhooks'],
      ['get', '/webhooks/deliveries'],
      ['post', '/webhooks/deliveries/x/retry'],
      ['get', '/projects/p/webhooks'],
      ['post', '/events'],
      ['post', '/events/batch'],
    ] as const;
    for (const [method, path] of routes) {
      const { body, headers } = await http()[method](path).expect(401);
      expect(body).toMatchObject({ status: 401, detail: expect.stringMatching('API key') });
      expect(headers['www-authenticate']).toMatch(/^Bearer/);
    }
    await http().get('/webhooks').set('Authorization', `Bearer ${KEY}`).expect(200);
  });

  it('answers nobody else than this machine without keys, unless the application says so', async () => {
    await start({ controllers: true });
    await http().get('/webhooks').expect(200);
    await http().get('/webhooks').set('Host', 'hooks.example').expect(403);
    await app!.close();
    await start({ controllers: true, allowAnonymous: true });
    await http().get('/webhooks').set('Host', 'hooks.example').expect(200);
  });

  it('refuses keys that can be guessed', async () => {
    await expect(start({ apiKeys: ['short'] })).rejects.toThrow(/^apiKeys must be keys of at least 16/);
  });

  it.each([false, true])('works behind the body parser of Nest (rawBody: %s)', async (rawBody) => {
    await start({ controllers: true }, rawBody);
    const body = { ...WEBHOOK, url: receiver.url() };
    const { body: webhook } = await http().post('/webhooks').send(body).expect(201);
    await http()
      .patch(`/webhooks/${webhook.id}`)
      .type('application/merge-patch+json')
      .send('{"name":"b"}')
      .expect(200);
    const text = '{"event":"entity.created","data":{"n":1.0}}';
    await http().post('/events').type('json').send(text).expect(202);
    const [received] = await receiver.waitFor(1);
    expect(received?.body.toString()).toContain(rawBody ? '"data":{"n":1.0}' : '"data":{"n":1}');
    await http().post(`/webhooks/${webhook.id}/test`).expect(200);
    await http().post(`/webhooks/${webhook.id}/secret/rotate`).expect(200);
  });

  it('refuses what is nested too deep also when it was parsed by somebody else', async () => {
    await start({ controllers: true });
    const deep = `{"event":"entity.created","data":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
    const { body } = await http().post('/events').type('json').send(deep).expect(422);
    expect(body.detail).toMatch('64 levels');
  });
});
