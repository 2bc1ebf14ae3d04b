import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { API } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { ShiftedClock } from '../support/clock.js';
import { EventStream } from '../support/event-stream.js';
import { until } from '../support/until.js';

const KEY = 'test-key-0123456789';
const LOOK = 'look-key-0123456789';
const ENV = { API_KEYS: `ci:${KEY}`, READ_ONLY_API_KEYS: `wall:${LOOK}` };
const SESSION = '/console/session';

let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start({ env: ENV });
});
afterAll(() => app.close());

async function signIn(key = KEY, on = app): Promise<string> {
  const { headers } = await request(on.server).post(SESSION).send({ key }).expect(204);
  const [cookie] = headers['set-cookie'] as unknown as string[];
  return /^[^;]*/.exec(cookie!)![0];
}

describe('a session of the console', () => {
  it('begins with a key, is known everywhere, and ends', async () => {
    await request(app.server).get(SESSION).expect(401);
    const cookie = await signIn();
    const { body } = await request(app.server).get(SESSION).set('Cookie', cookie).expect(200);
    expect(body).toEqual({ caller: 'ci', read_only: false, expires_at: expect.stringMatching(/Z$/) });
    const hours = (Date.parse(body.expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(7.9);
    expect(hours).toBeLessThanOrEqual(8);
    await request(app.server).get(`${API}/webhooks/stats`).set('Cookie', cookie).expect(200);
    const ended = await request(app.server).delete(SESSION).set('Cookie', cookie).expect(204);
    expect(ended.headers['set-cookie']![0]).toMatch(/^basset_session=; .*Max-Age=0/);
  });

  it('opens the documentation that the operator has closed, and the feed', async () => {
    const closed = await TestApp.start({ env: { ...ENV, PUBLIC_ENDPOINTS: 'none' } });
    const cookie = await signIn(KEY, closed);
    await request(closed.server).get('/openapi.json').expect(401);
    await request(closed.server).get('/openapi.json').set('Cookie', cookie).expect(200);
    const stream = await EventStream.open(`${closed.url}${API}/feed`, { Cookie: cookie });
    expect(stream.response.statusCode).toBe(200);
    stream.close();
    await closed.close();
  });

  it('ends with its key, and with its time, also for who watches', async () => {
    const cookie = await signIn(LOOK);
    const other = await TestApp.start({ env: { API_KEYS: ENV.API_KEYS } });
    await request(other.server).get(SESSION).set('Cookie', cookie).expect(401);
    await request(other.server)
      .get(SESSION)
      .set('Cookie', await signIn())
      .expect(200);
    await other.close();
  });

  it('takes the feed with it when its time is over, and no other', async () => {
    // By a clock that is late, eight hours from now are over in two seconds.
    const clock = new ShiftedClock();
    clock.advance(2000 - 8 * 3_600_000);
    const late = await TestApp.start({ env: ENV, clock });
    const cookie = await signIn(KEY, late);
    const [ending, staying] = await Promise.all([
      EventStream.open(`${late.url}${API}/feed`, { Cookie: cookie }),
      EventStream.open(`${late.url}${API}/feed`, { Authorization: `Bearer ${KEY}` }),
    ]);
    expect(ending.response.statusCode).toBe(200);
    await until(() => ending.ended, 'the end of the session');
    expect(staying.ended).toBe(false);
    staying.close();
    await late.close();
  });

  const SAME = { 'sec-fetch-site': 'same-origin' };
  const PAGES: readonly (readonly [Record<string, string>, number])[] = [
    [SAME, 404],
    [{ ...SAME, origin: 'https://behind-a-proxy.example' }, 404],
    [{ origin: 'http://hooks.example' }, 404],
    [{}, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'none' }, 403],
    [{ origin: 'http://hooks.example:81' }, 403],
    [{ origin: 'null' }, 403],
  ];

  it.each(PAGES)('changes something for its own pages only (case %#)', async (headers, status) => {
    const call = request(app.server).delete(`${API}/webhooks/nope`).set('Host', 'hooks.example');
    await call
      .set('Cookie', await signIn())
      .set(headers)
      .expect(status);
  });

  it('with a key that may only read changes nothing', async () => {
    const cookie = await signIn(LOOK);
    const { body } = await request(app.server).get(SESSION).set('Cookie', cookie).expect(200);
    expect(body).toMatchObject({ caller: 'wall', read_only: true });
    await request(app.server).delete(`${API}/webhooks/nope`).set('Cookie', cookie).set(SAME).expect(403);
  });

  it('is not looked at where a key comes along', async () => {
    const call = request(app.server)
      .get(`${API}/info`)
      .set('Cookie', await signIn());
    await call.set('X-API-Key', 'wrong-key-0123456789').expect(401);
  });
});

describe('signing in', () => {
  it.each([
    [{ key: `${KEY}x` }, 401],
    [{ key: '' }, 422],
    [{ key: 'x'.repeat(2000) }, 422],
    [{ key: [KEY] }, 422],
    [{}, 422],
    [[], 422],
  ])('is refused for what is no key (case %#)', async (body, status) => {
    const answer = await request(app.server).post(SESSION).send(body).expect(status);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.text).not.toContain(KEY);
  });

  it('is for its own pages, and no form', async () => {
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    await request(app.server).post(SESSION).set(foreign).send({ key: KEY }).expect(403);
    await request(app.server).delete(SESSION).set(foreign).expect(403);
    await request(app.server).post(SESSION).type('form').send({ key: KEY }).expect(415);
    await request(app.server).put(SESSION).send({ key: KEY }).expect(404);
  });
});

describe('a service without keys', () => {
  let open: TestApp;
  beforeAll(async () => {
    open = await TestApp.start({ env: { PUBLIC_URL: 'https://hooks.example', CONSOLE: 'off' } });
  });
  afterAll(() => open.close());

  it('asks nobody to sign in', async () => {
    const { body } = await request(open.server).get(SESSION).expect(200);
    expect(body).toEqual({ caller: null, read_only: false, expires_at: null });
    const { headers } = await request(open.server).post(SESSION).send({ key: 'whatever' }).expect(204);
    expect(headers['set-cookie']).toBeUndefined();
    await request(open.server).get(SESSION).set('Host', 'evil.example').expect(403);
  });

  it('shows no console when it is switched off', async () => {
    await request(open.server).get('/console/').set('Accept', 'text/html').expect(404);
    await request(open.server).get('/').set('Accept', 'text/html').expect(404);
  });
});

/** Word for word: nothing may be added to it unseen. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

describe('the pages of the console', () => {
  it('are one page under a strict policy, whatever the path below /console/', async () => {
    for (const path of ['/console/', '/console', '/console/webhooks/x/settings']) {
      const { headers, text } = await request(app.server).get(path).set('Accept', 'text/html').expect(200);
      expect(headers['content-type']).toMatch('text/html');
      expect(headers['cache-control']).toBe('no-cache');
      expect(headers['content-security-policy']).toBe(PAGE_POLICY);
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-opener-policy']).toBe('same-origin');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(text).toContain('<div id="app">');
    }
  });

  const firstCalls = async (path: string, cookie = '', on = app): Promise<string[]> => {
    const call = request(on.server).get(path).set('Accept', 'text/html').set('Cookie', cookie);
    const link = (await call.expect(200)).headers['link'] ?? '';
    expect(
      link.split(', ').filter((each) => !/^<[^>]+>; rel=preload; as=fetch; crossorigin$/.test(each)),
    ).toEqual([]);
    return [...link.matchAll(/<([^>]+)>/g)].map(([, url]) => url!);
  };

  it('tell a browser what they will ask for first, and whoever has not signed in no more than that', async () => {
    const log = [`${API}/webhooks/deliveries?payload=false&limit=50`, `${API}/webhooks`];
    const cookie = await signIn(LOOK);
    for (const path of ['/console/deliveries', '/console/deliveries/'])
      expect(await firstCalls(path, cookie)).toEqual([SESSION, ...log]);
    expect(await firstCalls('/console', cookie)).toEqual([
      ...[SESSION, `${API}/webhooks/stats`, `${API}/webhooks`],
    ]);
    for (const path of ['/console/deliveries?status=failed', '/console/deliveries/x', '/console/emit'])
      expect(await firstCalls(path, cookie)).toEqual([SESSION]);
    for (const other of ['', `${cookie}x`])
      expect(await firstCalls('/console/deliveries', other)).toEqual([SESSION]);
    for (const url of log) await request(app.server).get(url).set('Cookie', cookie).expect(200);
  });

  it('keep their files for a year, which the general policy of answers does not', async () => {
    const { text } = await request(app.server).get('/console/').expect(200);
    const script = /src="(\/console\/assets\/[^"]+\.js)"/.exec(text)![1]!;
    const { headers } = await request(app.server).get(script).expect(200);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-security-policy']).toBe(PAGE_POLICY);
  });

  it.each(['assets/nope.js', 'assets/../../main.js', 'assets/%2e%2e/%2e%2e/main.js', 'assets/%00', 'assets'])(
    'have no file %s',
    async (path) => {
      const answer = await request(app.server).get(`/console/${path}`);
      expect([400, 404]).toContain(answer.status);
      expect(answer.headers['content-type']).toMatch('application/problem+json');
    },
  );

  it('are where a browser is led to, and programs are not', async () => {
    const { headers } = await request(app.server).get('/').set('Accept', 'text/html,*/*').expect(303);
    expect(headers['location']).toBe('/console/');
    await request(app.server).get('/').expect(404);
    await request(app.server).post('/console/').expect(404);
    const { headers: api } = await request(app.server).get(`${API}/info`).expect(401);
    expect(api['content-security-policy']).toBe("frame-ancestors 'none'");
  });
});
