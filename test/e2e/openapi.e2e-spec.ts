import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import request from 'supertest';
import { WebhookService } from '../../src/index.js';
import { Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';

let app: TestApp;
let graph: Graph;
let receiver: Receiver;
let document: any;
const ids: Record<string, string> = {};

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  receiver = await Receiver.start(({ path }) => (path === '/bad' ? 500 : 200));
  app = await TestApp.start();
  document = (await request(app.server).get('/openapi.json').expect(200)).body;
  const api = new Api(app);
  const webhook = await api.createWebhook({
    url: receiver.url('/bad'),
    retry_config: { max_retries: 0 },
    project_id: 'p',
  });
  const { event_id, delivery_ids } = await api.emit({ project_id: 'p' });
  await api.untilDelivery(delivery_ids[0]!, 'failed');
  Object.assign(ids, { webhook_id: webhook.id, delivery_id: delivery_ids[0], project_id: 'p', event_id });
});
afterAll(async () => {
  await app.get(WebhookService).clear();
  await app.close();
  await receiver.close();
  await graph.close();
});

const METHODS = ['get', 'put', 'patch', 'post', 'delete'] as const;

/** A request body that is good, for each operation that takes one. */
const bodies = (): Record<string, object> => ({
  'post /api/v1/webhooks': { name: 'n', url: receiver.url(), events: ['entity.created'] },
  'post /api/v1/projects/{project_id}/webhooks': { name: 'n', url: receiver.url(), events: ['*'] },
  'put /api/v1/webhooks/{webhook_id}': { name: 'other' },
  'patch /api/v1/webhooks/{webhook_id}': { name: 'another' },
  'post /api/v1/webhooks/{webhook_id}/recover': { since: '2026-01-01T00:00:00Z' },
  'post /api/v1/webhooks/preview': { url: receiver.url() },
  'post /api/v1/webhooks/match': { event: 'entity.created', data: { type: 'person' } },
  'post /api/v1/events': { event: 'entity.created', data: {} },
  'post /api/v1/events/batch': { events: [{ event: 'entity.created' }] },
});

/** What an operation cannot do without in its query. */
const QUERIES: Readonly<Record<string, string>> = {
  '/api/v1/webhooks/match': '?event=entity.created',
};

function operations(): { method: (typeof METHODS)[number]; path: string; operation: any }[] {
  const all = Object.entries<any>(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] ? [{ method, path, operation: item[method] }] : [])),
  );
  // What deletes comes last.
  return all.sort((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'));
}

function validate(schema: any, value: unknown): unknown {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as any)(ajv);
  const check = ajv.compile({ ...schema, components: document.components });
  return check(value) ? [] : check.errors;
}

function call(method: (typeof METHODS)[number], path: string, values: Record<string, string>, body?: object) {
  const url = path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'x') + (QUERIES[path] ?? '');
  const pending = request(app.server)[method](url);
  return body === undefined ? pending : pending.send(body);
}

describe('the OpenAPI document', () => {
  it('describes what receivers get, with an example that is what its schema says', async () => {
    expect(document.openapi).toBe('3.1.0');
    const types = (await request(app.server).get('/api/v1/webhooks/events')).body.events;
    expect(Object.keys(document.webhooks)).toEqual(types.map(({ event }: any) => event));
    for (const { event, example } of types) {
      const { schema, example: body } = document.webhooks[event].post.requestBody.content['application/json'];
      expect({ event, data: body.data }).toEqual({ event, data: example });
      expect({ event, errors: validate(schema, body) }).toEqual({ event, errors: [] });
      expect(validate(schema, { ...body, event: 'another' })).not.toEqual([]);
    }
  });

  it('describes a body that receivers really get', async () => {
    const [{ headers, json }] = (await receiver.waitFor(1)) as any;
    const { requestBody, parameters } = document.webhooks[json.event].post;
    const { schema } = requestBody.content['application/json'];
    // The event of this file has no data, which capture would not write.
    expect(validate({ ...schema, properties: { ...schema.properties, data: {} } }, json)).toEqual([]);
    for (const { name, required } of parameters)
      if (required) expect(headers).toHaveProperty([name.toLowerCase()]);
  });

  it('knows its endpoints and the operational ones', () => {
    const names = operations().map(({ method, path }) => `${method} ${path}`);
    expect(names).toHaveLength(34);
    expect(names).toContain('get /metrics');
    expect(names).toContain('get /health/ready');
  });

  it('describes the good answer of every endpoint as the service gives it', async () => {
    for (const { method, path, operation } of operations()) {
      // The feed does not end; its answer is looked at in a file of its own.
      if (path === '/api/v1/feed') continue;
      const name = `${method} ${path}`;
      const { status, body, headers } = await call(method, path, ids, bodies()[name]);
      const described = operation.responses[status];
      expect({ name, status, known: described !== undefined, good: status < 300 }).toEqual({
        name,
        status,
        known: true,
        good: true,
      });
      const schema = described.content?.['application/json']?.schema;
      if (schema && String(headers['content-type']).startsWith('application/json')) {
        expect({ name, errors: validate(schema, body) }).toEqual({ name, errors: [] });
        const dto = document.components.schemas[schema.$ref?.split('/').at(-1)];
        if (dto?.properties) {
          expect(Object.keys(body)).toEqual(expect.arrayContaining(dto.required ?? []));
          expect(Object.keys(dto.properties)).toEqual(expect.arrayContaining(Object.keys(body)));
        }
      }
    }
  }, 120_000);

  it('describes every error as a problem, and the service answers such', async () => {
    for (const { method, path, operation } of operations()) {
      const errors = Object.keys(operation.responses).filter((status) => Number(status) >= 400);
      if (path.startsWith('/api/')) expect(errors).toEqual(expect.arrayContaining(['401', '503']));
      if (!path.includes('{') || path.startsWith('/api/v1/projects')) continue;
      const { status, body, headers } = await call(
        method,
        path,
        {},
        method === 'put' || method === 'patch' ? {} : undefined,
      );
      expect({ path, status }).toEqual({ path, status: 404 });
      expect(headers['content-type']).toMatch('application/problem+json');
      expect(validate({ $ref: '#/components/schemas/ProblemDto' }, body)).toEqual([]);
    }
  });

  it('gives each field of a request its bounds', () => {
    const { CreateWebhookDto, RetryConfigDto } = document.components.schemas;
    expect(CreateWebhookDto.required.sort()).toEqual(['events', 'name', 'url']);
    expect(CreateWebhookDto.properties.name).toMatchObject({ minLength: 1, maxLength: 100 });
    expect(CreateWebhookDto.properties.secret.writeOnly).toBe(true);
    expect(RetryConfigDto.properties.max_retries).toMatchObject({ minimum: 0, maximum: 10 });
  });

  it('is shown to people at /docs', async () => {
    expect((await request(app.server).get('/docs').expect(200)).text).toContain('swagger-ui');
  });
});

describe('operations', () => {
  it('tells what the engine did in /metrics', async () => {
    const { text } = await request(app.server).get('/metrics').expect(200);
    const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    expect(value('basset_webhooks_events_accepted_total')).toBeGreaterThan(0);
    expect(value('basset_webhooks_attempt_duration_seconds_count\\{outcome="failed"\\}')).toBeGreaterThan(0);
    expect(value('basset_webhooks_commit_size_count\\{recorder="events"\\}')).toBeGreaterThan(0);
    expect(value('basset_webhooks_backlog')).toBe(0);
    expect(value('basset_webhooks_in_flight')).toBe(0);
  });

  it('is alive and ready', async () => {
    await request(app.server).get('/health/live').expect(200);
    const { body } = await request(app.server).get('/health/ready').expect(200);
    expect(body.details.neo4j.status).toBe('up');
  });

  it('gives each request an id: the caller’s, or a new one', async () => {
    const own = await request(app.server).get('/health/live').set('X-Request-Id', 'mine-1');
    expect(own.headers['x-request-id']).toBe('mine-1');
    const other = await request(app.server).get('/health/live').set('X-Request-Id', 'x'.repeat(200));
    expect(other.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});
