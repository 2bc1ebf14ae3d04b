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
