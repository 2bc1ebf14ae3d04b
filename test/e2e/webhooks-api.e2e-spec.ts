import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { EVENT_TYPES, WebhookService } from '../../src/index.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { Graph } from '../support/graph.js';

const URL_OK = 'http://127.0.0.1:9/hook';
const valid = { name: 'Case alerts', url: URL_OK, events: ['entity.created'] };

let app: TestApp;
let api: Api;
let graph: Graph;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  app = await TestApp.start();
  api = new Api(app);
});
beforeEach(() => app.get(WebhookService).clear());
afterAll(async () => {
  await app.close();
  await graph.close();
});

const post = (body: object, path = '/webhooks') => request(app.server).post(`${API}${path}`).send(body);
const fieldsOf = (body: any): string[] => body.errors.map(({ loc }: any) => loc.join('.'));

describe('POST /webhooks', () => {
  it('creates with defaults and answers every key', async () => {
    const { body } = await post(valid).expect(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      name: 'Case alerts',
      description: null,
      url: URL_OK,
      events: ['entity.created'],
      active: true,
      headers: {},
      project_id: null,
      retry_config: { max_retries: 3, initial_delay: 1, max_delay: 60, backoff_multiplier: 2 },
      has_secret: false,
      locked: false,
      created_at: expect.stringMatching(/Z$/),
      updated_at: body.created_at,
      last_triggered_at: null,
      delivery_count: 0,
      success_count: 0,
      failure_count: 0,
      disabled_reason: null,
      disabled_at: null,
      failing_since: null,
      consecutive_failures: 0,
      circuit: 'closed',
      missed_since: null,
      format: 'basset',
      format_options: {},
      format_version: 1,
      filter: null,
      max_requests_per_second: null,
      warnings: [],
    });
    expect(await api.get(`/webhooks/${body.id}`)).toEqual(body);
  });

  it('takes everything, never answers the secret, hides credentials in headers', async () => {
    const more = {
      secret: 'planted-secret-1',
      events: ['entity.*', 'entity.*', '*'],
      active: false,
      headers: {
        Authorization: 'Bearer planted-secret-2',
        'X-Api-Key': 'planted-secret-3',
        'X-Team': 'osint',
      },
      project_id: 'case-7',
      retry_config: { max_retries: 0, initial_delay: 0.1 },
      unknown_field: 'ignored',
    };
    const { body, text } = await post({ ...valid, ...more }).expect(201);
    expect(body).toMatchObject({
      has_secret: true,
      events: ['entity.*', '*'],
      active: false,
      headers: { Authorization: '***', 'X-Api-Key': '***', 'X-Team': 'osint' },
      project_id: 'case-7',
      retry_config: { max_retries: 0, initial_delay: 0.1, max_delay: 60, backoff_multiplier: 2 },
    });
    expect(text).not.toContain('planted');
    expect(JSON.stringify(await graph.run('MATCH (n) RETURN n'))).not.toContain('planted-secret');
  });

  it.each([
    [{ name: '   ' }, 'Webhook name is required'],
    [{ url: '   ' }, 'Webhook URL is required'],
    [{ url: 'ftp://example.com' }, 'Webhook URL must start with http:// or https://'],
    [{ events: ['entity.created', 'nope'] }, 'Invalid event type: nope'],
    [{ events: ['nope.*'] }, 'Invalid event type: nope.*'],
  ])('400 for %j: %s', async (change, detail) => {
    const { body, headers } = await post({ ...valid, ...change }).expect(400);
    expect(body).toMatchObject({ status: 400, title: 'Bad Request', detail, instance: '/api/v1/webhooks' });
    expect(headers['content-type']).toMatch('application/problem+json');
  });

  it.each([
    [{ name: undefined }, 'body.name'],
    [{ name: '' }, 'body.name'],
    [{ name: 'x'.repeat(101) }, 'body.name'],
    [{ name: 7 }, 'body.name'],
    [{ url: '' }, 'body.url'],
    [{ url: `http://127.0.0.1/${'x'.repeat(2048)}` }, 'body.url'],
    [{ url: 'http://' }, 'body.url'],
    [{ url: 'http://user:pw@127.0.0.1/' }, 'body.url'],
    [{ url: 'http://127.0.0.1/#part' }, 'body.url'],
    [{ url: 'http://10.0.0.1/' }, 'body.url'],
    [{ url: 'http://[::1]/' }, 'body.url'],
    [{ url: 'http://169.254.169.254/latest/meta-data' }, 'body.url'],
    [{ url: 'http://0xa000001/' }, 'body.url'],
    [{ events: [] }, 'body.events'],
    [{ events: 'entity.created' }, 'body.events'],
    [{ events: [1] }, 'body.events'],
    [{ active: 'yes' }, 'body.active'],
    [{ active: null }, 'body.active'],
    [{ secret: 5 }, 'body.secret'],
    [{ headers: { 'X-A': 1 } }, 'body.headers'],
    [{ headers: { 'bad name': 'x' } }, 'body.headers'],
    [{ headers: { 'X-A': 'a\r\nX-B: b' } }, 'body.headers.X-A'],
    [{ headers: { Host: 'x' } }, 'body.headers.Host'],
    [{ headers: { 'Webhook-Id': 'x' } }, 'body.headers.Webhook-Id'],
    [{ headers: { 'X-Webhook-Signature': 'x' } }, 'body.headers.X-Webhook-Signature'],
    [{ headers: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`X-${i}`, 'x'])) }, 'body.headers'],
    [{ headers: { 'X-A': 'x'.repeat(8200) } }, 'body.headers'],
    [{ project_id: 5 }, 'body.project_id'],
    [{ retry_config: { max_retries: 11 } }, 'body.retry_config.max_retries'],
    [{ retry_config: { max_retries: 1.5 } }, 'body.retry_config.max_retries'],
    [{ retry_config: { initial_delay: 0.05 } }, 'body.retry_config.initial_delay'],
    [{ retry_config: { max_delay: 3601 } }, 'body.retry_config.max_delay'],
    [{ retry_config: { backoff_multiplier: 0 } }, 'body.retry_config.backoff_multiplier'],
    [{ retry_config: [] }, 'body.retry_config'],
    [{ project_id: '\ud800' }, 'body.project_id'],
  ])('422 for case %#', async (change, field) => {
    const { body } = await post({ ...valid, ...change }).expect(422);
    expect(fieldsOf(body)).toContain(field);
    expect(typeof body.detail).toBe('string');
  });

  it('names all bad fields at once', async () => {
    const { body } = await post({ name: '', events: [], retry_config: { max_retries: -1 } }).expect(422);
    expect(new Set(fieldsOf(body))).toEqual(
      new Set(['body.name', 'body.url', 'body.events', 'body.retry_config.max_retries']),
    );
  });

  it('survives prototype keys', async () => {
    const text = JSON.stringify(valid).replace(/}$/, ',"__proto__":{"active":false},"constructor":{"x":1}}');
    const call = request(app.server).post(`${API}/webhooks`).set('content-type', 'application/json');
    expect((await call.send(text).expect(201)).body.active).toBe(true);
  });

  it.each(['[]', '"x"', '5', 'null'])('422 for a body that is %s', async (text) => {
    await request(app.server)
      .post(`${API}/webhooks`)
      .set('content-type', 'application/json')
      .send(text)
      .expect(422);
  });
});

describe('GET /webhooks', () => {
  beforeEach(async () => {
    await graph.run("MERGE (:Project {id: 'uuid-1', safe_name: 'case_one', name: 'Case One'})");
    await api.createWebhook({ name: 'global', url: URL_OK });
    await api.createWebhook({ name: 'mine', url: URL_OK, project_id: 'case_one' });
    await api.createWebhook({ name: 'theirs', url: URL_OK, project_id: 'other', active: false });
  });

  const names = async (query: string): Promise<string[]> => {
    const { webhooks, total } = await api.get(query);
    expect(total).toBe(webhooks.length);
    return webhooks.map(({ name }: any) => name);
  };

  it('lists all in the order of creation', async () => {
    expect(await names('/webhooks')).toEqual(['global', 'mine', 'theirs']);
    expect(await names('/webhooks?project_id=')).toEqual(['global', 'mine', 'theirs']);
  });

  it('includes the global ones with those of a project, by its id or its safe name', async () => {
    expect(await names('/webhooks?project_id=case_one')).toEqual(['global', 'mine']);
    expect(await names('/webhooks?project_id=uuid-1')).toEqual(['global', 'mine']);
    expect(await names('/webhooks?project_id=unknown')).toEqual(['global']);
    expect(await names('/projects/other/webhooks')).toEqual(['global', 'theirs']);
    expect(await names('/projects/other/webhooks?active_only=true')).toEqual(['global']);
  });

  it.each(['true', 'TRUE', '1', 'yes', 'On'])('takes active_only=%s for true', async (flag) => {
    expect(await names(`/webhooks?active_only=${flag}`)).toEqual(['global', 'mine']);
  });

  it.each(['false', '0', 'no', 'OFF'])('takes active_only=%s for false', async (flag) => {
    expect(await names(`/webhooks?active_only=${flag}`)).toHaveLength(3);
  });

  it.each([
    'active_only=maybe',
    'active_only=',
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=1&limit=2',
    'cursor=%00',
  ])('422 for %s', async (query) => {
    const body = await api.get(`/webhooks?${query}`, 422);
    expect(body.errors[0].loc[0]).toBe('query');
  });

  it('pages', async () => {
    const first = await api.get('/webhooks?limit=2');
    expect(first.webhooks.map(({ name }: any) => name)).toEqual(['global', 'mine']);
    expect(first.total).toBe(3);
    const second = await api.get(`/webhooks?limit=2&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({ webhooks: [{ name: 'theirs' }], total: 3, next_cursor: null });
  });

  it('links a webhook to its project in the graph, and to nothing else', async () => {
    const linked = await graph.run(
      'MATCH (p:Project)-[:HAS_WEBHOOK]->(w:Webhook) RETURN p.safe_name AS project, w.name AS webhook',
    );
    expect(linked).toEqual([{ project: 'case_one', webhook: 'mine' }]);
    await graph.run('MATCH (p:Project) DETACH DELETE p');
  });
});

describe('PUT /webhooks/{id}', () => {
  it('changes what is given and leaves what is null or absent', async () => {
    const created = await api.createWebhook({ url: URL_OK, secret: 's', headers: { 'X-A': '1' } });
    const put = (body: object) => request(app.server).put(`${API}/webhooks/${created.id}`).send(body);
    const { body } = await put({
      name: 'new',
      url: null,
      headers: { 'X-B': '2' },
      retry_config: { max_retries: 1 },
    }).expect(200);
    expect(body).toMatchObject({
      name: 'new',
      url: URL_OK,
      headers: { 'X-B': '***' },
      has_secret: true,
      retry_config: { max_retries: 1, initial_delay: 1 },
    });
    expect(body.updated_at >= created.updated_at).toBe(true);
    expect((await put({ secret: '' }).expect(200)).body.has_secret).toBe(false);
  });

  it.each([
    [{ name: '  ' }, 400],
    [{ url: 'gopher://x' }, 400],
    [{ events: ['nope'] }, 400],
    [{ events: [] }, 422],
    [{ active: 'no' }, 422],
    [{ headers: { Host: 'x' } }, 422],
  ])('%j is %i and changes nothing', async (change, status) => {
    const created = await api.createWebhook({ url: URL_OK });
    await request(app.server).put(`${API}/webhooks/${created.id}`).send(change).expect(status);
    expect(await api.get(`/webhooks/${created.id}`)).toEqual(created);
  });

  it('keeps the credentials that come back as they were shown', async () => {
    const headers = { Authorization: 'Bearer real', 'X-A': '1' };
    const created = await api.createWebhook({ url: URL_OK, headers });
    const shown = { ...created.headers, 'X-A': '2' };
    await request(app.server).put(`${API}/webhooks/${created.id}`).send({ headers: shown }).expect(200);
    expect((await app.get(WebhookService).getWebhook(created.id)).headers).toEqual({
      Authorization: 'Bearer real',
      'X-A': '2',
    });
  });

  it('404 for an unknown id', async () => {
    const { body } = await request(app.server).put(`${API}/webhooks/nope`).send({ name: 'x' }).expect(404);
    expect(body.detail).toBe("Webhook 'nope' not found");
  });
});

describe('PATCH /webhooks/{id}', () => {
  const patch = (id: string, body: object) =>
    request(app.server)
      .patch(`${API}/webhooks/${id}`)
      .set('content-type', 'application/merge-patch+json')
      .send(JSON.stringify(body));

  it('merges: null clears, objects merge, the rest replaces', async () => {
    const created = await api.createWebhook({
      url: URL_OK,
      secret: 's',
      project_id: 'p',
      headers: { 'X-A': '1', 'X-B': '2' },
      retry_config: { max_retries: 5, max_delay: 10 },
    });
    const { body } = await patch(created.id, {
      project_id: null,
      secret: null,
      headers: { 'X-A': null, 'X-C': '3' },
      retry_config: { max_retries: 7 },
    }).expect(200);
    expect(body).toMatchObject({
      project_id: null,
      has_secret: false,
      headers: { 'X-B': '***', 'X-C': '***' },
      retry_config: { max_retries: 7, max_delay: 10 },
    });
    const reset = await patch(created.id, { retry_config: null, active: false }).expect(200);
    expect(reset.body).toMatchObject({ active: false, retry_config: { max_retries: 3, max_delay: 60 } });
  });

  it('keeps the secret when the patch does not speak of it', async () => {
    const created = await api.createWebhook({ url: URL_OK, secret: 's' });
    expect((await patch(created.id, { name: 'n' }).expect(200)).body.has_secret).toBe(true);
  });

  it.each([
    [{ name: null }, 422],
    [{ events: null }, 422],
    [{ events: ['nope'] }, 400],
    [{ retry_config: { max_retries: 'x' } }, 422],
  ])('%j is %i', async (change, status) => {
    const created = await api.createWebhook({ url: URL_OK });
    await patch(created.id, change).expect(status);
  });

  it('404 for an unknown id', async () => {
    await patch('nope', { name: 'x' }).expect(404);
  });
});

describe('DELETE /webhooks/{id}', () => {
  it('takes it away', async () => {
    const { id } = await api.createWebhook({ url: URL_OK, secret: 'planted', headers: { 'X-A': 'planted' } });
    await request(app.server).delete(`${API}/webhooks/${id}`).expect(204);
    await api.get(`/webhooks/${id}`, 404);
    await request(app.server).delete(`${API}/webhooks/${id}`).expect(404);
    expect(await api.get('/webhooks')).toMatchObject({ webhooks: [], total: 0 });
    expect(await graph.run('MATCH (w:DeletedWebhook) RETURN w.secret AS s, w.headers AS h')).toEqual([
      { s: null, h: null },
    ]);
  });
});

describe('POST /projects/{id}/webhooks', () => {
  it('lets the project of the path win', async () => {
    const { body } = await post({ ...valid, project_id: 'other' }, '/projects/p%201/webhooks').expect(201);
    expect(body.project_id).toBe('p 1');
  });

  it('validates like create', async () => {
    await post({ ...valid, name: '' }, '/projects/p/webhooks').expect(422);
    await post({ ...valid, name: ' ' }, '/projects/p/webhooks').expect(400);
  });
});

describe('the rest of the API', () => {
  it('lists the 20 event types in order', async () => {
    const { events, total } = await api.get('/webhooks/events');
    expect(events.map(({ event }: any) => event)).toEqual(EVENT_TYPES);
    expect(events[7]).toEqual({
      event: 'saved_search.executed',
      description: 'Saved Search Executed',
      schema: expect.objectContaining({ type: 'object' }),
      example: { name: 'New domains', results: 2 },
    });
    expect(total).toBe(20);
  });

  it.each([
    ['get', '/nowhere', 404],
    ['get', '/webhooks/%E0%A4%A', 400],
    ['delete', '/events', 405],
    ['put', '/webhooks', 405],
  ] as const)('%s %s is %i as a problem', async (method, path, status) => {
    const { body, headers } = await request(app.server)[method](`${API}${path}`).expect(status);
    expect(headers['content-type']).toMatch('application/problem+json');
    expect(body.status).toBe(status);
    if (status === 405) expect(headers['allow']).toBeTruthy();
  });

  it('never limits the rate of calls', async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => request(app.url).get(`${API}/webhooks/events`)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('offers one and the same service to everybody who injects it', () => {
    expect(app.get(WebhookService)).toBe(app.get(WebhookService));
  });
});
