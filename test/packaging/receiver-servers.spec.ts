import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import vm from 'node:vm';
import { afterEach, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import express from 'express';
import ts from 'typescript';
import { fastifyReceiver } from '../../examples/receiver/fastify.js';
import { HookModule } from '../../examples/receiver/nest.js';
import { EVENT_TYPES } from '../../src/events/event-types.js';
import { signatureHeaders } from '../../src/delivery/sending/signer.js';
import { createReceiver, type ReceivedEvent } from '../../src/receiver/receiver.js';

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCES = join(ROOT, 'src', 'receiver');
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const BODY = '{"event":"entity.created","timestamp":"2026-11-24T11:29:51.799Z","project_id":null,"data":{}}';

function signed(body = BODY, secret = SECRET): Record<string, string> {
  const signable = { id: 'evt-1', timestamp: Math.floor(Date.now() / 1000), body: Buffer.from(body) };
  return {
    'content-type': 'application/json',
    'webhook-id': signable.id,
    'webhook-timestamp': String(signable.timestamp),
    ...signatureHeaders([secret], signable),
  };
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function listen(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

type Post = (body: string, headers: Record<string, string>) => Promise<{ status: number; text: string }>;

const postTo =
  (url: string): Post =>
  async (body, headers) => {
    const response = await fetch(url, { method: 'POST', body, headers });
    return { status: response.status, text: await response.text() };
  };

interface Subject {
  readonly post: Post;
  readonly got: ReceivedEvent[];
}
type Open = (handler: (event: ReceivedEvent) => void) => Promise<Post>;

const quiet = { secrets: [SECRET], maxBytes: 1000, onError: () => undefined };

const SERVERS: [string, Open][] = [
  ['node:http', async (handler) => postTo(await listen(createReceiver(quiet).node(handler)))],
  [
    'Express',
    async (handler) => {
      const app = express();
      app.post('/hook', createReceiver(quiet).node(handler));
      app.use(express.json());
      return postTo(await listen(app));
    },
  ],
  [
    'Express behind express.raw()',
    async (handler) => {
      const app = express().use(express.raw({ type: '*/*' }));
      app.post('/hook', createReceiver(quiet).node(handler));
      return postTo(await listen(app));
    },
  ],
  [
    'the Fetch API',
    async (handler) => async (body, headers) => {
      const request = new Request('http://receiver/hook', { method: 'POST', body, headers });
      const response = await createReceiver(quiet).fetch(handler)(request);
      return { status: response.status, text: await response.text() };
    },
  ],
  [
    'Fastify (the example)',
    async (handler) => {
      const app = fastifyReceiver(SECRET, handler);
      closing.push(() => app.close());
      return postTo(`${await app.listen({ port: 0, host: '127.0.0.1' })}/hook`);
    },
  ],
  [
    'Nest (the example)',
    async (handler) => {
      const module = HookModule.with(SECRET, handler);
      const app = await NestFactory.create(module, { rawBody: true, logger: false });
      closing.push(() => app.close());
      await app.listen(0, '127.0.0.1');
      return postTo(`${await app.getUrl()}/hook`);
    },
  ],
];

async function open(server: Open): Promise<Subject> {
  const got: ReceivedEvent[] = [];
  return { post: await server((event) => void got.push(event)), got };
}

describe.each(SERVERS)('with %s', (_, server) => {
  it('an authentic request is 204 and reaches the handler, a forged one is 401 and does not', async () => {
    const { post, got } = await open(server);
    expect(await post(BODY, signed())).toEqual({ status: 204, text: '' });
    expect(got.map(({ id, type }) => [id, type])).toEqual([['evt-1', 'entity.created']]);
    const forged = await post(BODY, signed(BODY, 'other'));
    expect([forged.status, got.length]).toEqual([401, 1]);
    expect(forged.text).toContain('webhook-signature is by another secret');
  });
});

describe.each(SERVERS.slice(0, 4))('with %s', (_, server) => {
  it('what is no JSON is 400, what is too large 413', async () => {
    const { post, got } = await open(server);
    expect((await post('no', signed('no'))).status).toBe(400);
    const large = JSON.stringify({ event: 'x'.repeat(1000) });
    expect((await post(large, signed(large))).status).toBe(413);
    expect(got).toEqual([]);
  });
});

describe('a receiver on Node', () => {
  it('says what to do when the body was parsed before', async () => {
    const told: unknown[] = [];
    const receiver = createReceiver({ secrets: [SECRET], onError: (error) => told.push(error) });
    const app = express().use(express.json());
    app.post(
      '/hook',
      receiver.node(() => undefined),
    );
    const { status, text } = await postTo(await listen(app))(BODY, signed());
    expect([status, JSON.parse(text).error]).toEqual([500, 'body_already_parsed']);
    expect(text).toContain('before express.json()');
    expect(told).toHaveLength(1);
  });

  it('answers other methods, and a body without an end, and survives one that is cut off', async () => {
    const url = await listen(createReceiver(quiet).node(() => undefined));
    expect((await fetch(url)).status).toBe(405);
    const endless = httpRequest(url, { method: 'POST', headers: signed() });
    endless.write('x'.repeat(2000));
    const [{ statusCode }] = (await once(endless, 'response')) as [{ statusCode: number }];
    expect(statusCode).toBe(413);
    endless.destroy();
    const cut = httpRequest(url, { method: 'POST', headers: signed() });
    cut.on('error', () => undefined);
    cut.write('x');
    cut.destroy();
    expect((await postTo(url)(BODY, signed())).status).toBe(204);
  });
});

describe('basset-hound-webhooks/receiver', () => {
  const compile = (path: string): string => {
    const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
    });
    return outputText;
  };

  /** Runs a script where there is what browsers and Workers have, and nothing of Node. */
  async function runInBareGlobals(script: string): Promise<Record<string, unknown>> {
    const web = {
      TextEncoder,
      TextDecoder,
      Request,
      Response,
      Headers,
      Blob,
      ArrayBuffer,
      Uint8Array,
      console,
    };
    const result: Record<string, unknown> = {};
    const context = vm.createContext({ ...web, crypto: globalThis.crypto, atob, btoa, result });
    const modules = new Map<string, vm.SourceTextModule>();
    const load = (name: string, code: string): vm.SourceTextModule => {
      const module = new vm.SourceTextModule(code, { context, identifier: name });
      modules.set(name, module);
      return module;
    };
    for (const file of readdirSync(SOURCES).filter((name) => !name.endsWith('.spec.ts')))
      load(file.replace(/\.ts$/, '.js'), compile(join(SOURCES, file)));
    const main = load('main.js', script);
    await main.link((specifier) => {
      const module = modules.get(basename(specifier));
      if (!module) throw new Error(`${specifier} is no part of the receiver`);
      return module;
    });
    await main.evaluate();
    return result;
  }

  it('runs without anything of Node', async () => {
    const signature = signed()['webhook-signature']!;
    expect(signature).toContain(
      createHmac('sha256', Buffer.from(SECRET.slice(6), 'base64'))
        .update(`evt-1.${signed()['webhook-timestamp']!}.${BODY}`)
        .digest('base64'),
    );
    const result = await runInBareGlobals(`
      import { createReceiver } from './receiver.js';
      const receive = createReceiver({ secrets: [${JSON.stringify(SECRET)}] }).fetch((event) => { result.type = event.type; });
      const send = (headers) => receive(new Request('http://r/', { method: 'POST', headers, body: ${JSON.stringify(BODY)} }));
      result.statuses = [(await send(${JSON.stringify(signed())})).status, (await send({})).status];
    `);
    expect(result).toEqual({ type: 'entity.created', statuses: [204, 401] });
  });

  it('names the event types of the service', () => {
    const source = readFileSync(join(SOURCES, 'event.ts'), 'utf8');
    const [, union = ''] = /export type EventType =([^;]+);/.exec(source) ?? [];
    expect([...union.matchAll(/'([^']+)'/g)].map(([, type]) => type)).toEqual([...EVENT_TYPES]);
  });

  it('is an entry of the package', () => {
    const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(exports['./receiver']).toEqual({
      types: './dist/receiver/receiver.d.ts',
      default: './dist/receiver/receiver.js',
    });
  });
});
