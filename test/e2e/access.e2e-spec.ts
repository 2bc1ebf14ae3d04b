import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { API } from '../support/api.js';
import { TestApp } from '../support/app.js';

const KEY = 'test-key-0123456789';

describe('with API keys', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ env: { API_KEYS: `ci:${KEY},other:another-key-012345` } });
  });
  afterAll(() => app.close());

  const stats = () => request(app.server).get(`${API}/webhooks/stats`);

  it('lets in who has one, either way', async () => {
    await stats().set('Authorization', `Bearer ${KEY}`).expect(200);
    await stats().set('X-API-Key', 'another-key-012345').expect(200);
  });

  it.each([
    {},
    { authorization: 'Bearer wrong-key-0123456789' },
    { authorization: `Basic ${KEY}` },
    { 'x-api-key': `${KEY}x` },
  ])('keeps out case %#', async (headers) => {
    const answer = await stats().set(headers).expect(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.text).not.toContain(KEY);
  });

  it.each(['/API/v1/webhooks/stats', '/api/V1/Webhooks/stats', '/api/v1/webhooks/stats/'])(
    'keeps the door shut at %s, which Express takes for the same path',
    async (path) => {
      await request(app.server).get(path).expect(401);
    },
  );

  it('leaves health and metrics open', async () => {
    await request(app.server).get('/health/live').expect(200);
    await request(app.server).get('/metrics').expect(200);
  });

  it('counts who is kept out, and every answer by its route and never by its path', async () => {
    const metrics = async (): Promise<string> => (await request(app.server).get('/metrics').expect(200)).text;
    const refused = async (reason: string): Promise<number> =>
      Number(new RegExp(`refused_logins_total\\{reason="${reason}"\\} (\\d+)`).exec(await metrics())?.[1]);
    const before = { missing: await refused('missing'), wrong: await refused('wrong') };
    await request(app.server).get(`${API}/webhooks/secret-path`).expect(401);
    await request(app.server).get(`${API}/webhooks/secret-path`).set('X-API-Key', 'guess').expect(401);
    await request(app.server).get(`${API}/webhooks/secret-path`).set('X-API-Key', KEY).expect(404);
    await request(app.server).get('/secret-path').expect(404);
    await request(app.server).delete(`${API}/webhooks`).expect(405);
    expect(await refused('missing')).toBe(before.missing + 1);
    expect(await refused('wrong')).toBe(before.wrong + 1);
    const text = await metrics();
    for (const line of [
      `{route="${API}/webhooks/:webhook_id",method="GET",status_class="4xx"} 3`,
      '{route="none",method="GET",status_class="4xx"} 1',
      '{route="none",method="DELETE",status_class="4xx"} 1',
    ])
      expect(text).toContain(`basset_webhooks_http_requests_total${line}`);
    expect(text).toMatch(/^basset_webhooks_oldest_due_seconds 0$/m);
    expect(text).not.toContain('secret-path');
  });

  it('shows the documentation to everybody by default', async () => {
    await request(app.server).get('/docs').expect(200);
    await request(app.server).get('/openapi.json').expect(200);
  });

  it('sends no CORS header unless origins are listed', async () => {
    for (const method of ['get', 'options'] as const) {
      const call = request(app.server)[method](`${API}/webhooks`).set('Origin', 'https://app.example');
      const { headers } = await call.set('Access-Control-Request-Method', 'GET').set('X-API-Key', KEY);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it('takes any Host, because the key is what counts', async () => {
    await stats().set('Host', 'hooks.example.com').set('X-API-Key', KEY).expect(200);
  });
});

describe('without API keys', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.close());

  it.each(['evil.example.com', 'localhost.evil.example.com', '127.0.0.1.evil.example.com', '10.0.0.1'])(
    'refuses the Host %s, against DNS rebinding',
    async (host) => {
      const { body } = await request(app.server).get(`${API}/webhooks`).set('Host', host).expect(403);
      expect(body.status).toBe(403);
    },
  );

  it.each(['localhost', 'localhost:8000', '127.0.0.1', '[::1]:8000'])('answers to %s', async (host) => {
    await request(app.server).get(`${API}/webhooks`).set('Host', host).expect(200);
  });

  it.each([{ origin: 'https://evil.example.com' }, { 'sec-fetch-site': 'cross-site' }, { origin: 'null' }])(
    'lets no foreign page change anything (case %#)',
    async (headers) => {
      await request(app.server).post(`${API}/webhooks/x/test`).set(headers).expect(403);
    },
  );

  it('allows no other origin to read', async () => {
    const { headers } = await request(app.server)
      .get(`${API}/webhooks`)
      .set('Origin', 'https://evil.example.com');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

const ROUTES = [
  ['post', '/webhooks'],
  ['put', '/webhooks/x'],
  ['patch', '/webhooks/x'],
  ['delete', '/webhooks/x'],
  ['post', '/webhooks/x/test'],
  ['post', '/webhooks/x/secret/rotate'],
  ['post', '/webhooks/deliveries/x/retry'],
  ['post', '/projects/p/webhooks'],
  ['post', '/events'],
  ['post', '/events/batch'],
] as const;

const FORMS = [
  ['application/x-www-form-urlencoded', 'name=x'],
  ['text/plain', '{"name":"x"}'],
  ['multipart/form-data; boundary=b', '--b--'],
  ['', '{"name":"x"}'],
  ['application/x-www-form-urlencoded', ''],
] as const;

describe('a form, which every page can send', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.close());

  const exchange = async (method: string, path: string, rest: string): Promise<number> => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    // Not ended: who ends is not waited for.
    socket.write(`${method} ${API}${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${rest}`);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1]);
  };

  const send = async (method: string, path: string, type: string, body: string): Promise<number> => {
    const head = `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
    return exchange(method.toUpperCase(), path, head + body);
  };

  it.each([
    '/webhooks/x/test',
    '/webhooks/x/recover',
    '/webhooks/x/secret/rotate',
    '/webhooks/deliveries/x/retry',
  ])('is no form when it has neither body nor type of one, however a proxy frames it: %s', async (path) => {
    for (const head of [
      '',
      'Content-Type: application/json\r\n',
      'Content-Type: application/octet-stream\r\n',
    ]) {
      for (const body of ['Content-Length: 0\r\n\r\n', 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n']) {
        expect({ head, body, status: await exchange('POST', path, head + body) }).toEqual({
          head,
          body,
          status: 404,
        });
      }
    }
  });

  it.each(ROUTES)('changes nothing: %s %s', async (method, path) => {
    for (const [type, body] of FORMS) {
      expect({ type, body, status: await send(method, path, type, body) }).toEqual({
        type,
        body,
        status: 415,
      });
    }
  });
});

describe('with CORS_ORIGINS', () => {
  const ORIGIN = 'https://app.example';
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ env: { CORS_ORIGINS: `${ORIGIN},http://localhost:3000` } });
  });
  afterAll(() => app.close());

  const ask = (origin: string) =>
    request(app.server)
      .options(`${API}/webhooks`)
      .set('Origin', origin)
      .set('Access-Control-Request-Method', 'POST')
      .set('Access-Control-Request-Headers', 'content-type,x-api-key');

  it('lets pages of these origins in', async () => {
    const { headers } = await ask(ORIGIN).expect(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      vary: expect.stringMatching('Origin'),
    });
    expect(headers['access-control-allow-headers']).toMatch(/Content-Type.*X-API-Key/);
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    const foreign = { origin: ORIGIN, 'sec-fetch-site': 'cross-site' };
    const answer = await request(app.server).post(`${API}/webhooks/x/test`).set(foreign).expect(404);
    expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN);
  });

  it.each(['https://evil.example', 'https://app.example.evil.example', 'http://app.example', 'null'])(
    'lets %s neither read nor change anything',
    async (origin) => {
      expect((await ask(origin)).headers['access-control-allow-origin']).toBeUndefined();
      const foreign = { origin, 'sec-fetch-site': 'cross-site' };
      const { headers } = await request(app.server).post(`${API}/webhooks/x/test`).set(foreign).expect(403);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    },
  );
});

const DOCS = [
  '/docs',
  '/DOCS/',
  '/docs/index.html',
  '/docs/swagger-ui-init.js',
  '/docs/swagger-ui.css',
  '/openapi.json',
];
const OPERATIONS = ['/health/live', '/health/ready', '/metrics', '/Metrics/'];

describe('with PUBLIC_ENDPOINTS=none', () => {
  it('opens nothing without a key, when there are keys', async () => {
    const app = await TestApp.start({ env: { API_KEYS: KEY, PUBLIC_ENDPOINTS: 'none' } });
    try {
      for (const path of [...OPERATIONS, ...DOCS]) {
        const { status, headers } = await request(app.server).get(path);
        const kind = headers['content-type'];
        expect({ path, status, kind }).toEqual({ path, status: 401, kind: expect.stringMatching('problem') });
        expect(headers['www-authenticate']).toMatch(/^Bearer/);
        await request(app.server).get(path).set('X-API-Key', KEY).expect(200);
      }
      await request(app.server).get('/docs-yaml').expect(404);
    } finally {
      await app.close();
    }
  });

  it('opens everything to this machine, when there are none', async () => {
    const app = await TestApp.start({ env: { PUBLIC_ENDPOINTS: 'none' } });
    try {
      for (const path of [...OPERATIONS, ...DOCS]) await request(app.server).get(path).expect(200);
      for (const path of ['/metrics', ...DOCS]) {
        await request(app.server).get(path).set('Host', 'evil.example').expect(403);
      }
    } finally {
      await app.close();
    }
  });

  it('opens what is listed', async () => {
    const app = await TestApp.start({ env: { API_KEYS: KEY, PUBLIC_ENDPOINTS: 'health' } });
    try {
      await request(app.server).get('/health/live').expect(200);
      for (const path of ['/metrics', '/docs']) await request(app.server).get(path).expect(401);
    } finally {
      await app.close();
    }
  });
});
