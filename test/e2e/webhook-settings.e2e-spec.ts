import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import request from 'supertest';
import { EndpointRegistry } from '../../src/delivery/endpoints/endpoint-registry.js';
import { WebhookService } from '../../src/index.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { Graph } from '../support/graph.js';

const URL_A = 'http://127.0.0.1:9/a';
const NO_SECRET = [
  'whsec_',
  'whsec_my-own-secret!',
  'whsec_dGVzdA',
  'whsec_ab_-ab_-',
  'whsec_dGVzdB==',
  'whsec_dGVz dGVz',
  'whsec_dGVz\ndGVz',
  'whsec_===='.slice(0, 9),
  '***',
];

let app: TestApp;
let graph: Graph;
let api: Api;

beforeAll(async () => {
  graph = Graph.open();
  app = await TestApp.start();
  api = new Api(app);
});
/** The instance stays: it would be registered again only with its next heartbeat. */
beforeEach(() => graph.wipe({ sparing: ['WebhookInstance'] }));
afterAll(async () => {
  await app.close();
  await graph.close();
});

const http = () => request(app.server);
const put = (id: string, body: object) => http().put(`${API}/webhooks/${id}`).send(body);
const patch = (id: string, body: object) =>
  http().patch(`${API}/webhooks/${id}`).type('application/merge-patch+json').send(JSON.stringify(body));
const rotate = (id: string, body: object) => http().post(`${API}/webhooks/${id}/secret/rotate`).send(body);
const stored = async (id: string) => (await app.get(WebhookService).getWebhook(id)).headers;
const placesOf = ({ body }: { body: any }) => body.errors.map(({ loc }: any) => loc.join('.'));
const webhook = (more: object = {}) => api.createWebhook({ url: URL_A, ...more });
const given = (more: object) => ({ name: 'x', url: URL_A, events: ['*'], ...more });

describe('the description of a webhook', () => {
  const shown = async (id: string) => (await api.get(`/webhooks/${id}`)).description;

  it('is kept as it was given, changed, and cleared', async () => {
    const description = 'For case 7: ask Ada before switching it off.';
    const { id } = await webhook({ description });
    expect(await shown(id)).toBe(description);
    await put(id, { name: 'another' }).expect(200);
    expect(await shown(id)).toBe(description);
    await put(id, { description: 'äöü 🐕' }).expect(200);
    expect(await shown(id)).toBe('äöü 🐕');
    await put(id, { description: '' }).expect(200);
    expect(await shown(id)).toBeNull();
    await patch(id, { description }).expect(200);
    await patch(id, { description: null }).expect(200);
    expect(await shown(id)).toBeNull();
  });

  it('has bounds, whichever way it comes', async () => {
    const { id } = await webhook();
    const description = 'x'.repeat(501);
    for (const answer of [
      await http().post(`${API}/webhooks`).send(given({ description })),
      await put(id, { description }),
      await patch(id, { description: 7 }),
    ]) {
      expect([answer.status, placesOf(answer)]).toEqual([422, ['body.description']]);
    }
    const service = app.get(WebhookService);
    await expect(service.updateWebhook(id, { description })).rejects.toMatchObject({
      fields: [{ loc: ['body', 'description'], type: 'string_length' }],
    });
    await service.updateWebhook(id, { description: 'y'.repeat(500) });
    expect(await shown(id)).toHaveLength(500);
  });
});

describe('a secret that no verifier can use', () => {
  it.each(NO_SECRET)('is refused wherever it is given: %j', async (secret) => {
    const { id } = await webhook();
    const answers = [
      await http().post(`${API}/webhooks`).send(given({ secret })),
      await http().post(`${API}/projects/p/webhooks`).send(given({ secret })),
      await put(id, { secret }),
      await patch(id, { secret }),
      await rotate(id, { secret }),
    ];
    for (const answer of answers) {
      expect([answer.status, placesOf(answer)]).toEqual([422, ['body.secret']]);
      expect(answer.text).not.toContain(secret.slice(6) || 'nothing');
    }
    const service = app.get(WebhookService);
    await expect(service.createWebhook(given({ secret }) as any)).rejects.toThrow('secret');
    await expect(service.updateWebhook(id, { secret })).rejects.toThrow('secret');
    await expect(service.rotateSecret(id, { secret })).rejects.toThrow('secret');
    expect(await api.get(`/webhooks/${id}`)).toMatchObject({ has_secret: false });
    expect((await api.get('/webhooks')).total).toBe(1);
  });

  it.each(['whsec_dGVzdA==', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'any text', 'whsec', 'WHSEC_x'])(
    'is not %j',
    async (secret) => {
      const { id } = await webhook({ secret });
      await put(id, { secret }).expect(200);
    },
  );
});

describe('a header value that is not shown', () => {
  const HEADERS = { Authorization: 'Bearer planted', 'X-Tenant': 'planted', Accept: 'text/plain' };

  it('is every one but those of a few harmless names', async () => {
    const { id, headers } = await webhook({ headers: HEADERS });
    const shown = { Authorization: '***', 'X-Tenant': '***', Accept: 'text/plain' };
    expect(headers).toEqual(shown);
    expect((await api.get(`/webhooks/${id}`)).headers).toEqual(shown);
    expect((await api.get('/webhooks')).webhooks[0].headers).toEqual(shown);
    expect((await patch(id, { headers: { 'X-Other': 'planted' } })).text).not.toContain('planted');
  });

  it('is kept when it comes back, whatever the case of its name', async () => {
    const { id, headers } = await webhook({ headers: HEADERS });
    await put(id, { headers }).expect(200);
    expect(await stored(id)).toEqual(HEADERS);
    await put(id, { headers: { authorization: '***', 'x-tenant': 'b' } }).expect(200);
    expect(await stored(id)).toEqual({ authorization: 'Bearer planted', 'x-tenant': 'b' });
    await patch(id, { headers: { AUTHORIZATION: '***', 'X-TENANT': null } }).expect(200);
    expect(await stored(id)).toEqual({ authorization: 'Bearer planted' });
    await app.get(WebhookService).updateWebhook(id, { headers: { Authorization: '***' } });
    expect(await stored(id)).toEqual({ Authorization: 'Bearer planted' });
  });

  it('is never stored as it is shown', async () => {
    const { id } = await webhook({ headers: { 'X-A': '1' } });
    const headers = { 'X-Key': '***', 'X-Team': '***', 'X-B': '2' };
    const answers = [
      await http().post(`${API}/webhooks`).send(given({ headers })),
      await http().post(`${API}/projects/p/webhooks`).send(given({ headers })),
      await put(id, { headers }),
      await patch(id, { headers }),
    ];
    for (const answer of answers) {
      expect([answer.status, placesOf(answer)]).toEqual([422, ['body.headers.X-Key', 'body.headers.X-Team']]);
    }
    const service = app.get(WebhookService);
    await expect(service.createWebhook(given({ headers }) as any)).rejects.toThrow('X-Key');
    await expect(service.updateWebhook(id, { headers })).rejects.toThrow('X-Key');
    expect(await stored(id)).toEqual({ 'X-A': '1' });
    expect((await api.get('/webhooks')).total).toBe(1);
  });

  it('is named with all else that is wrong', async () => {
    const body = { url: URL_A, events: [], headers: { 'X-Key': '***' } };
    const answer = await http().post(`${API}/webhooks`).send(body).expect(422);
    expect(new Set(placesOf(answer))).toEqual(new Set(['body.name', 'body.events', 'body.headers.X-Key']));
  });
});

describe('a webhook that moves to another origin', () => {
  const ELSEWHERE = ['http://127.0.0.2:9/a', 'https://127.0.0.1:9/a', 'http://127.0.0.1:10/a'];

  it.each(ELSEWHERE)('takes no header value along to %s that is not given anew', async (url) => {
    const { id } = await webhook({ headers: { 'X-Key': 'planted', Accept: 'a/b' } });
    for (const change of [{ url }, { url, headers: { 'x-key': '***' } }, { url, active: false }]) {
      const answers = [await put(id, change), await patch(id, change)];
      for (const answer of answers) {
        expect([answer.status, answer.body.errors[0].loc[2].toLowerCase()]).toEqual([422, 'x-key']);
        expect(answer.body.detail).toMatch('given anew');
      }
    }
    await patch(id, { url, headers: { 'X-Other': 'x' } }).expect(422);
    await expect(app.get(WebhookService).updateWebhook(id, { url })).rejects.toThrow('given anew');
    expect((await api.get(`/webhooks/${id}`)).url).toBe(URL_A);
    await put(id, { url, headers: { 'X-Key': 'planted', Accept: '***' } }).expect(200);
    expect(await stored(id)).toEqual({ 'X-Key': 'planted', Accept: 'a/b' });
  });

  it('may leave them behind, and takes along what is harmless', async () => {
    const headers = { 'X-Key': 'planted', Accept: 'a/b' };
    const first = await webhook({ headers });
    await patch(first.id, { url: ELSEWHERE[0], headers: { 'X-Key': null } }).expect(200);
    expect(await stored(first.id)).toEqual({ Accept: 'a/b' });
    await put(first.id, { url: ELSEWHERE[1] }).expect(200);
    const second = await webhook({ headers });
    await put(second.id, { url: ELSEWHERE[0], headers: {} }).expect(200);
    expect(await stored(second.id)).toEqual({});
  });

  it('may move within its origin, written in whatever way', async () => {
    const { id } = await webhook({ headers: { 'X-Key': 'planted' } });
    await put(id, { url: ' HTTP://127.0.0.1:9/b?c ' }).expect(200);
    expect(await stored(id)).toEqual({ 'X-Key': 'planted' });
  });
});

describe('changes at the same time', () => {
  it('all survive where they are merged', async () => {
    const { id } = await webhook({ headers: { 'X-First': '0' } });
    const names = Array.from({ length: 20 }, (_, i) => `X-${i}`);
    const other = await TestApp.start();
    try {
      const servers = [app.server, other.server];
      const answers = await Promise.all(
        names.map((name, i) =>
          request(servers[i % 2])
            .patch(`${API}/webhooks/${id}`)
            .type('application/merge-patch+json')
            .send(
              JSON.stringify({
                headers: { [name]: 'v' },
                ...(i === 7 && { retry_config: { max_retries: 7 } }),
              }),
            ),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    } finally {
      await other.close();
    }
    expect(Object.keys(await stored(id)).sort()).toEqual(['X-First', ...names].sort());
    expect((await api.get(`/webhooks/${id}`)).retry_config.max_retries).toBe(7);
  });
});

describe('ETag and If-Match', () => {
  const etagOf = async (id: string) =>
    (await http().get(`${API}/webhooks/${id}`).expect(200)).headers['etag']!;

  it('tell whether somebody else has changed a webhook, and its counts do not matter', async () => {
    const created = await http().post(`${API}/webhooks`).send(given({})).expect(201);
    const { id } = created.body;
    const first = created.headers['etag']!;
    expect(first).toMatch(/^"[^"]+"$/);
    await http().post(`${API}/webhooks/${id}/test`).expect(200);
    expect(await etagOf(id)).toBe(first);
    // The counts have changed, so the answer to who asks by the tag is not 304.
    const again = await http().get(`${API}/webhooks/${id}`).set('If-None-Match', first).expect(200);
    const { success_count, failure_count } = again.body as Record<string, number>;
    expect([success_count, failure_count].sort()).toEqual([0, 1]);
    const changed = await put(id, { name: 'a' }).set('If-Match', first).expect(200);
    expect(changed.headers['etag']).not.toBe(first);
    expect(changed.headers['etag']).toBe(await etagOf(id));
    for (const stale of [first, `W/${changed.headers['etag']}`, '"other"', '', 'nonsense']) {
      const answers = [
        await put(id, { name: 'b' }).set('If-Match', stale),
        await patch(id, { name: 'b' }).set('If-Match', stale),
        await rotate(id, {}).set('If-Match', stale),
        await http().delete(`${API}/webhooks/${id}`).set('If-Match', stale),
      ];
      expect(answers.map(({ status }) => status)).toEqual([412, 412, 412, 412]);
    }
    expect(await api.get(`/webhooks/${id}`)).toMatchObject({ name: 'a', has_secret: false });
    const patched = await patch(id, { name: 'c' })
      .set('If-Match', `"x", ${changed.headers['etag']}`)
      .expect(200);
    const rotated = await rotate(id, {}).set('If-Match', patched.headers['etag']!).expect(200);
    await http().delete(`${API}/webhooks/${id}`).set('If-Match', patched.headers['etag']!).expect(412);
    await http().delete(`${API}/webhooks/${id}`).set('If-Match', rotated.headers['etag']!).expect(204);
    for (const tag of ['*', rotated.headers['etag']!]) {
      await put(id, { name: 'd' }).set('If-Match', tag).expect(404);
      await http().delete(`${API}/webhooks/${id}`).set('If-Match', tag).expect(404);
    }
  });

  it('serve webhooks from before there were revisions', async () => {
    const { id } = await webhook();
    await graph.run('MATCH (w:Webhook {id: $id}) REMOVE w.revision', { id });
    const tag = await etagOf(id);
    await patch(id, { name: 'a' }).set('If-Match', tag).expect(200);
    await patch(id, { name: 'b' }).set('If-Match', tag).expect(412);
  });
});

describe('a webhook that is on disk', () => {
  it('is answered, with its secret, also when the webhooks cannot be read again', async () => {
    const refresh = jest.spyOn(app.get(EndpointRegistry), 'refresh').mockRejectedValue(new Error('away'));
    try {
      const body = given({ generate_secret: true });
      const { body: created } = await http().post(`${API}/webhooks`).send(body).expect(201);
      expect(created.secret).toMatch(/^whsec_/);
      expect((await rotate(created.id, {}).expect(200)).body.secret).toMatch(/^whsec_/);
      await put(created.id, { name: 'b' }).expect(200);
      await http().delete(`${API}/webhooks/${created.id}`).expect(204);
    } finally {
      refresh.mockRestore();
    }
  });
});
