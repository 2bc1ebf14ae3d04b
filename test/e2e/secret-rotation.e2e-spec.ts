import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { bodySignature } from '../../src/delivery/sending/signer.js';
import { WebhookService } from '../../src/index.js';
import { ROTATE_SECRET } from '../../src/webhooks/webhook.cypher.js';
import { Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { ShiftedClock } from '../support/clock.js';
import { Graph } from '../support/graph.js';
import { Receiver, type ReceivedRequest } from '../support/receiver.js';

const GENERATED = /^whsec_[A-Za-z0-9+/]{43}=$/;
const DAY_MS = 24 * 3600 * 1000;

let clock: ShiftedClock;
let app: TestApp;
let api: Api;
let graph: Graph;
let receiver: Receiver;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  clock = new ShiftedClock();
  app = await TestApp.start({ clock });
  api = new Api(app);
});
beforeEach(async () => {
  await app.get(WebhookService).clear();
  receiver = await Receiver.start();
});
afterEach(() => receiver.close());
afterAll(async () => {
  await app.close();
  await graph.close();
});

const create = (more: object = {}): Promise<any> => api.createWebhook({ url: receiver.url(), ...more });
const rotate = (id: string, body?: object, status = 200): Promise<any> =>
  api.post(`/webhooks/${id}/secret/rotate`, body, status);
const fieldsOf = ({ errors }: any): string[] => errors.map(({ loc }: any) => loc.join('.'));

/** The next request that the receiver gets. */
async function nextRequest(): Promise<ReceivedRequest> {
  const before = receiver.requests.length;
  await api.emit();
  return (await receiver.waitFor(before + 1))[before]!;
}

function isSignedBy(secret: string, { headers, body }: ReceivedRequest): boolean {
  const key = secret.startsWith('whsec_') ? secret : Buffer.from(secret).toString('base64');
  const timestamp = String(headers['webhook-timestamp']);
  // The library compares with the real time.
  const expected = new StandardWebhook(key).sign(
    String(headers['webhook-id']),
    new Date(Number(timestamp) * 1000),
    body.toString('utf8'),
  );
  return String(headers['webhook-signature']).split(' ').includes(expected);
}

const signatures = ({ headers }: ReceivedRequest): number =>
  String(headers['webhook-signature']).split(' ').length;

describe('POST /webhooks/{id}/secret/rotate', () => {
  it('makes a secret, tells it once, and signs with the former one as well', async () => {
    const { id } = await create({ secret: 'former-secret' });
    const { secret, previous_secret_expires_at: until, ...webhook } = await rotate(id);
    expect(secret).toMatch(GENERATED);
    expect(Date.parse(until) - clock.now()).toBeGreaterThan(DAY_MS - 60_000);
    expect(Date.parse(until) - clock.now()).toBeLessThanOrEqual(DAY_MS);
    expect(await api.get(`/webhooks/${id}`)).toEqual(webhook);
    expect(JSON.stringify(await api.get('/webhooks'))).not.toContain(secret);
    const request = await nextRequest();
    expect([isSignedBy(secret, request), isSignedBy('former-secret', request)]).toEqual([true, true]);
    expect(signatures(request)).toBe(2);
    expect(request.headers['x-webhook-signature']).toBe(bodySignature(secret, request.body));
  });

  it('stops signing with the former one when its grace is over, without being told', async () => {
    const { id } = await create({ secret: 'former-secret' });
    await rotate(id, { secret: 'new-secret', grace_period_seconds: 3600 });
    expect(signatures(await nextRequest())).toBe(2);
    clock.advance(3600 * 1000);
    const request = await nextRequest();
    expect(isSignedBy('new-secret', request)).toBe(true);
    expect(signatures(request)).toBe(1);
  });

  it('takes a given secret and does not return it', async () => {
    const { id } = await create({ secret: 'former-secret' });
    const answer = await rotate(id, { secret: 'planted-given-secret', grace_period_seconds: null });
    expect(answer).not.toHaveProperty('secret');
    expect(JSON.stringify(answer)).not.toContain('planted');
    expect(isSignedBy('planted-given-secret', await nextRequest())).toBe(true);
  });

  it('ends the former one at once with a grace of 0, as after a leak', async () => {
    const { id } = await create({ secret: 'former-secret' });
    const answer = await rotate(id, { secret: 'new-secret', grace_period_seconds: 0 });
    expect(answer.previous_secret_expires_at).toBeNull();
    expect(signatures(await nextRequest())).toBe(1);
    expect(await graph.count('Webhook', { id })).toBe(1);
    expect(await graph.value('MATCH (w:Webhook) RETURN w.previous_secret')).toBeNull();
  });

  it('gives a webhook without a secret its first one', async () => {
    const { id } = await create();
    const answer = await rotate(id, {});
    expect(answer).toMatchObject({ has_secret: true, previous_secret_expires_at: null });
    const request = await nextRequest();
    expect(isSignedBy(answer.secret, request)).toBe(true);
    expect(signatures(request)).toBe(1);
  });

  it('keeps only the latest former secret', async () => {
    const { id } = await create({ secret: 'first-secret' });
    await rotate(id, { secret: 'second-secret' });
    await rotate(id, { secret: 'third-secret' });
    const request = await nextRequest();
    const signed = ['third-secret', 'second-secret', 'first-secret'].map((one) => isSignedBy(one, request));
    expect(signed).toEqual([true, true, false]);
  });

  it('changes nothing when it is repeated with the same secret, as after a lost answer', async () => {
    const { id } = await create({ secret: 'former-secret' });
    const first = await rotate(id, { secret: 'new-secret' });
    const again = await rotate(id, { secret: 'new-secret' });
    expect(again).toEqual(first);
    const request = await nextRequest();
    expect(isSignedBy('former-secret', request)).toBe(true);
    expect(signatures(request)).toBe(2);
  });

  it('keeps the former secret when its statement runs twice, as after a lost answer of Neo4j', async () => {
    const { id } = await create({ secret: 'former-secret' });
    const former = await graph.value('MATCH (w:Webhook) RETURN w.secret');
    const change = { revision: 'r', revisions: null, now: '2026-01-01' };
    const parameters = { id, secret: 'sealed', until: '2100-01-01T00:00:00.000Z', ...change };
    for (let n = 0; n < 2; n += 1) await graph.run(ROTATE_SECRET, parameters);
    expect(
      await graph.run('MATCH (w:Webhook) RETURN w.secret AS secret, w.previous_secret AS former'),
    ).toEqual([{ secret: 'sealed', former }]);
  });

  it.each(['put', 'delete'])('is ended by a secret that is set or cleared (%s)', async (how) => {
    const { id } = await create({ secret: 'former-secret' });
    await rotate(id);
    const service = app.get(WebhookService);
    await service.updateWebhook(id, { secret: how === 'put' ? 'set-secret' : null });
    const { headers } = await nextRequest();
    expect(String(headers['webhook-signature'] ?? '').split(' ')).toHaveLength(1);
    expect(await graph.value('MATCH (w:Webhook) RETURN w.previous_secret')).toBeNull();
  });

  it('reaches other instances', async () => {
    const { id } = await create({ secret: 'former-secret' });
    const other = await TestApp.start();
    try {
      await rotate(id, { secret: 'new-secret' });
      await new Api(other).post(`/webhooks/${id}/test`, undefined, 200);
      expect(isSignedBy('new-secret', receiver.requests.at(-1)!)).toBe(true);
      // Events of an instance that has not heard of it yet are matched anew: their write is conditional on the version.
      await rotate(id, { secret: 'newest-secret', grace_period_seconds: 0 });
      await new Api(other).emit();
      const all = await receiver.waitFor(2);
      expect(isSignedBy('newest-secret', all[1]!)).toBe(true);
    } finally {
      await other.close();
    }
  });

  it('is 404 for an unknown id', async () => {
    const { detail } = await rotate('nobody', undefined, 404);
    expect(detail).toBe("Webhook 'nobody' not found");
  });

  it.each([
    [{ secret: '' }, 'body.secret'],
    [{ secret: 5 }, 'body.secret'],
    [{ secret: 'x'.repeat(1025) }, 'body.secret'],
    [{ secret: 'half \ud800' }, 'body.secret'],
    [{ grace_period_seconds: -1 }, 'body.grace_period_seconds'],
    [{ grace_period_seconds: 604_801 }, 'body.grace_period_seconds'],
    [{ grace_period_seconds: 1.5 }, 'body.grace_period_seconds'],
    [{ grace_period_seconds: '60' }, 'body.grace_period_seconds'],
    [[], 'body'],
  ])('422 for %j', async (body, field) => {
    const { id } = await create({ secret: 'former-secret' });
    expect(fieldsOf(await rotate(id, body, 422))).toContain(field);
    expect(signatures(await nextRequest())).toBe(1);
  });

  it('names all bad fields at once', async () => {
    const { id } = await create();
    const answer = await rotate(id, { secret: 5, grace_period_seconds: 'x' }, 422);
    expect(new Set(fieldsOf(answer))).toEqual(new Set(['body.secret', 'body.grace_period_seconds']));
  });

  it('is there for dependency injection, with the same rules', async () => {
    const service = app.get(WebhookService);
    const { id, secret: first } = await service.createWebhook({
      name: 'di',
      url: receiver.url(),
      events: ['*'],
      generateSecret: true,
    });
    expect(first).toMatch(GENERATED);
    const { secret } = await service.rotateSecret(id);
    const request = await nextRequest();
    expect([isSignedBy(secret!, request), isSignedBy(first!, request)]).toEqual([true, true]);
    await expect(service.rotateSecret(id, { gracePeriodSeconds: -1 })).rejects.toMatchObject({
      kind: 'unprocessable',
    });
    await expect(service.rotateSecret('nobody')).rejects.toMatchObject({ code: 'webhook_not_found' });
  });
});

describe('generate_secret', () => {
  it.each(['/webhooks', '/projects/p/webhooks'])('makes a secret and tells it once (%s)', async (path) => {
    const body = { name: 'n', url: receiver.url(), events: ['*'], generate_secret: true };
    const { secret, ...webhook } = await api.post(path, body, 201);
    expect(secret).toMatch(GENERATED);
    expect(await api.get(`/webhooks/${webhook.id}`)).toEqual(webhook);
    await api.post(`/webhooks/${webhook.id}/test`, undefined, 200);
    expect(isSignedBy(secret, receiver.requests[0]!)).toBe(true);
  });

  it('does not go together with a secret, but with an empty one', async () => {
    const body = { name: 'n', url: receiver.url(), events: ['*'], generate_secret: true };
    const refused = await api.post('/webhooks', { ...body, secret: 'planted-secret' }, 422);
    expect(fieldsOf(refused)).toEqual(['body.generate_secret']);
    expect(JSON.stringify(refused)).not.toContain('planted');
    expect(fieldsOf(await api.post('/webhooks', { ...body, generate_secret: 'yes' }, 422))).toEqual([
      'body.generate_secret',
    ]);
    expect((await api.post('/webhooks', { ...body, secret: '' }, 201)).secret).toMatch(GENERATED);
    expect(await api.post('/webhooks', { ...body, generate_secret: false }, 201)).not.toHaveProperty(
      'secret',
    );
  });
});
