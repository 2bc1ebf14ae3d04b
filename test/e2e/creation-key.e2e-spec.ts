import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { WebhookService } from '../../src/index.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { ManualClock } from '../support/clock.js';
import { Graph } from '../support/graph.js';

/** A wall clock that can be moved; the rest of the time is the system's. */
class MovedClock extends ManualClock {
  override monotonic(): number {
    return performance.now();
  }
}

const WEBHOOK = { name: 'w', url: 'http://127.0.0.1:9/hook', events: ['*'] };
const HOUR_MS = 3_600_000;

let clock: MovedClock;
let app: TestApp;
let api: Api;
let graph: Graph;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
  clock = new MovedClock(Date.now());
  app = await TestApp.start({ clock });
  api = new Api(app);
});
afterAll(async () => {
  await app.close();
  await graph.close();
});

const create = (key: string, more: object = {}, path = '/webhooks') =>
  request(app.server)
    .post(`${API}${path}`)
    .set('Idempotency-Key', key)
    .send({ ...WEBHOOK, ...more });

describe('an Idempotency-Key of a new webhook', () => {
  it('makes one webhook of repeated requests, and answers the secret that was made again', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => create('a', { generate_secret: true }).expect(201)),
    );
    const [first] = answers;
    expect(first!.body.secret).toMatch(/^whsec_/);
    for (const { body, headers } of answers) {
      expect(body).toEqual(first!.body);
      expect(headers['etag']).toBe(first!.headers['etag']);
    }
    expect((await api.get('/webhooks')).total).toBe(1);
    expect(
      (await create('a', { generate_secret: true }, '/projects/p/webhooks').expect(422)).body,
    ).toMatchObject({
      errors: [{ loc: ['header', 'idempotency-key'], type: 'idempotency_conflict' }],
    });
  });

  it('is for one request: another one is refused and creates nothing', async () => {
    await create('b').expect(201);
    const before = (await api.get('/webhooks')).total;
    await create('b', { name: 'other' }).expect(422);
    await create('b', { secret: 'given' }).expect(422);
    expect((await api.get('/webhooks')).total).toBe(before);
  });

  it('does not tell a secret that came later', async () => {
    const { body } = await create('c', { generate_secret: true }).expect(201);
    await api.post(`/webhooks/${body.id}/secret/rotate`, undefined, 200);
    const again = await create('c', { generate_secret: true }).expect(201);
    expect(again.body).toMatchObject({ id: body.id });
    expect(again.body).not.toHaveProperty('secret');
  });

  it('is forgotten after a day, and with its webhook', async () => {
    const { body: first } = await create('d').expect(201);
    clock.advance(23 * HOUR_MS);
    expect((await create('d').expect(201)).body.id).toBe(first.id);
    clock.advance(2 * HOUR_MS);
    const { body: second } = await create('d').expect(201);
    expect(second.id).not.toBe(first.id);
    await request(app.server).delete(`${API}/webhooks/${second.id}`).expect(204);
    expect((await create('d').expect(201)).body.id).not.toBe(second.id);
    expect(await graph.count('Webhook', { idempotency_key: 'd' })).toBe(1);
  });

  it('is visible ASCII, and shows nothing of the request in the graph', async () => {
    expect((await create('a b').expect(422)).body.errors[0].loc).toEqual(['header', 'idempotency-key']);
    await create('e', { secret: 'weak' }).expect(201);
    const stored = await graph.value(`MATCH (w:Webhook {idempotency_key: 'e'}) RETURN w.creation`);
    expect(stored).toMatch(/^v1\./);
  });

  it('is for other modules as well', async () => {
    const webhooks = app.get(WebhookService);
    const given = { ...WEBHOOK, idempotencyKey: 'f', generateSecret: true };
    const [first, second] = [await webhooks.createWebhook(given), await webhooks.createWebhook(given)];
    expect(second).toEqual(first);
  });
});
