import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { emit } from '../../examples/emit/emit.js';
import { TestApp } from '../support/app.js';
import { Graph } from '../support/graph.js';
import { HAS_PYTHON, installPythonTools, run } from './tools.js';

// The first run installs the tools.
jest.setTimeout(300_000);

const KEY = 'emit-key-0123456789';
const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'emit', 'emit.py');

let app: TestApp;
let graph: Graph;
let door: Server;
let url: string;
/** What becomes of the next answers: 503 instead of the service's own, none, or the true one. */
let fates: ('busy' | 'lost')[] = [];

/** A door of the service, behind which every request arrives, whatever becomes of its answer. */
const serve = async (): Promise<Server> => {
  const answerOne = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = new Headers();
    for (const name of ['authorization', 'content-type', 'idempotency-key'])
      if (request.headers[name]) headers.set(name, String(request.headers[name]));
    const body = Buffer.concat(chunks);
    const answer = await fetch(`${app.url}${request.url ?? ''}`, { method: 'POST', headers, body });
    const fate = fates.shift();
    if (fate === 'lost') request.socket.destroy();
    else if (fate === 'busy') response.writeHead(503, { 'retry-after': '0' }).end();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  };
  const server = createServer((request, response) => void answerOne(request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return server;
};

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  app = await TestApp.start({ env: { API_KEYS: KEY } });
  door = await serve();
  url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
});
beforeEach(() => graph.run('MATCH (event:WebhookEvent) DETACH DELETE event'));
afterAll(async () => {
  door.close();
  await app.close();
  await graph.close();
});

const stored = (): Promise<any[]> =>
  graph.run('MATCH (event:WebhookEvent) RETURN event.id AS id, event.project_id AS project');

describe('examples/emit/emit.ts', () => {
  it('stores an event once, however often it has to be tried', async () => {
    fates = ['busy', 'lost', 'busy'];
    const id = await emit({ url, apiKey: KEY }, { event: 'entity.created', project_id: 'p', data: { n: 1 } });
    expect(await stored()).toEqual([{ id, project: 'p' }]);
    expect(fates).toEqual([]);
  });

  it('tells why an event is refused, at once', async () => {
    await expect(emit({ url, apiKey: KEY }, { event: 'entity.creatd' })).rejects.toThrow(
      /^400: Invalid event type: entity\.creatd/,
    );
    await expect(emit({ url }, { event: 'entity.created' })).rejects.toThrow(/^401: /);
  });
});

(HAS_PYTHON ? describe : describe.skip)('examples/emit/emit.py', () => {
  const python = async (...args: string[]): Promise<string> => {
    const tools = await installPythonTools();
    const env = { BASSET_WEBHOOKS_URL: url, BASSET_WEBHOOKS_API_KEY: KEY };
    return run(join(tools, 'bin', 'python'), [EXAMPLE, ...args], import.meta.dirname, env);
  };

  it('stores an event once, however often it has to be tried', async () => {
    fates = ['lost', 'busy', 'busy'];
    const printed = await python('entity.created', '{"n": 1}', 'p');
    expect(await stored()).toEqual([{ id: printed.trim(), project: 'p' }]);
    expect(fates).toEqual([]);
  });

  it('ends with the reason when an event is refused', async () => {
    await expect(python('entity.creatd', '{}')).rejects.toThrow(/400 Bad Request/);
    expect(await stored()).toEqual([]);
  });
});
