import { afterEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { REPLACE_SEALED } from '../../src/delivery/endpoints/endpoint.cypher.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { setScene } from '../support/scene.js';

const key = (id: string, byte: number): string => `${id}:${Buffer.alloc(32, byte).toString('base64')}`;
const OLD = key('old', 1);
const NEW = key('new', 2);
/** The id of the old key, other bytes. */
const WRONG = key('old', 3);

const scene = setScene();
const running: TestApp[] = [];

afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
  await scene.receiver.close();
});

async function start(...keys: string[]): Promise<{ app: TestApp; api: Api }> {
  const app = await TestApp.start({ env: { SECRETS_KEY: keys.join(',') } });
  running.push(app);
  return { app, api: new Api(app) };
}

async function stop(): Promise<void> {
  await running.pop()?.close();
}

const secured = () => ({
  url: scene.receiver.url(),
  secret: 'the-secret',
  headers: { Authorization: 'Bearer x' },
});

/** The key ids of every encrypted value in the graph. */
async function keyIds(): Promise<string[]> {
  const rows = await scene.graph.run(
    'MATCH (w:Webhook) RETURN [w.secret, w.previous_secret, w.headers, w.format_secrets] AS values',
  );
  const values = rows.flatMap(({ values: all }) => all).filter((value: unknown) => typeof value === 'string');
  return [...new Set<string>(values.map((value: string) => value.split('.')[1]!))].sort();
}

const signed = (n: number): boolean =>
  scene.receiver.requests[n]!.headers['x-webhook-signature'] !== undefined &&
  scene.receiver.requests[n]!.headers['authorization'] === 'Bearer x';

describe('a changed SECRETS_KEY', () => {
  it('encrypts everything anew at the start, so that the former key can be dropped', async () => {
    const before = await start(OLD);
    const { id } = await before.api.createWebhook(secured());
    await before.api.post(`/webhooks/${id}/secret/rotate`, {}, 200);
    // More than two batches, written past the API for the sake of time.
    await scene.graph.run(
      `MATCH (w:Webhook) WITH w UNWIND range(100, 549) AS n
       CREATE (c:Webhook {id: 'w' + n}) SET c += w {.*, id: c.id, active: false}
       CREATE (:WebhookTally {id: c.id, successes: 0, failures: 0, kept: 0})`,
    );
    // What somebody has spoiled holds up nobody else.
    await scene.graph.run(`MATCH (w:Webhook {id: 'w101'}) SET w.secret = 7, w.previous_secret = [1]`);
    const hidden = {
      url: scene.receiver.url('/hooks/planted-tail'),
      format_options: { url_is_secret: true },
    };
    const { id: secretUrl } = await before.api.createWebhook({ ...hidden, active: false });
    await stop();
    expect(await keyIds()).toEqual(['old']);

    await start(NEW, OLD);
    await stop();
    expect(await keyIds()).toEqual(['new']);

    const { api } = await start(NEW);
    expect(await api.get(`/webhooks/${id}`)).toMatchObject({ has_secret: true, locked: false });
    await api.emit();
    const [received] = await scene.receiver.waitFor(1);
    expect(signed(0)).toBe(true);
    expect(String(received!.headers['webhook-signature']).split(' ')).toHaveLength(2);
    await api.post(`/webhooks/${secretUrl}/test`, undefined, 200);
    expect(scene.receiver.requests.at(-1)!.path).toBe('/hooks/planted-tail');
  }, 120_000);

  it('does no harm when two instances do it at once, and nothing when it is done', async () => {
    const before = await start(OLD);
    const { id } = await before.api.createWebhook(secured());
    await stop();
    await Promise.all([start(NEW, OLD), start(NEW, OLD)]);
    expect(await keyIds()).toEqual(['new']);
    const stored = await scene.graph.run('MATCH (w:Webhook) RETURN w');
    const { api } = await start(NEW, OLD);
    expect(await scene.graph.run('MATCH (w:Webhook) RETURN w')).toEqual(stored);
    await api.post(`/webhooks/${id}/test`, undefined, 200);
    expect(signed(0)).toBe(true);
  });

  it('leaves alone what was changed meanwhile', async () => {
    const { api } = await start(OLD);
    const { id } = await api.createWebhook(secured());
    const [{ secret, headers }] = (await scene.graph.run(
      'MATCH (w:Webhook) RETURN w.secret AS secret, w.headers AS headers',
    )) as any;
    const former = { previous_secret: null, new_previous_secret: null };
    const row = { id, ...former, secret: 'changed since', new_secret: 'x', headers, new_headers: 'y' };
    await scene.graph.run(REPLACE_SEALED, { rows: [row] });
    expect(
      await scene.graph.run('MATCH (w:Webhook) RETURN w.secret AS secret, w.headers AS headers'),
    ).toEqual([{ secret, headers: 'y' }]);
  });

  it('leaves alone what it cannot open', async () => {
    const before = await start(OLD);
    await before.api.createWebhook(secured());
    const stored = await scene.graph.run('MATCH (w:Webhook) RETURN w.secret, w.headers');
    await stop();
    await start(NEW, WRONG);
    expect(await scene.graph.run('MATCH (w:Webhook) RETURN w.secret, w.headers')).toEqual(stored);
  });

  it('removes former secrets whose time is over', async () => {
    const before = await start(OLD);
    const { id } = await before.api.createWebhook(secured());
    await before.api.post(`/webhooks/${id}/secret/rotate`, { grace_period_seconds: 3600 }, 200);
    await scene.graph.run("MATCH (w:Webhook) SET w.previous_secret_until = '2020-01-01T00:00:00.000Z'");
    await stop();
    await start(OLD);
    expect(await scene.graph.value('MATCH (w:Webhook) RETURN w.previous_secret')).toBeNull();
  });
});

describe.each([
  ['without the key that encrypted its secrets', NEW],
  ['with other bytes under the id of that key', WRONG],
])('a webhook %s', (_, lost) => {
  let id: string;
  beforeEach(async () => {
    const { api } = await start(OLD);
    ({ id } = await api.createWebhook(secured()));
    await stop();
  });

  it('is shown as locked, without its headers, and hides no other', async () => {
    const { api } = await start(lost);
    const open = await api.createWebhook({ url: scene.receiver.url(), headers: { 'X-Team': 'osint' } });
    const { webhooks } = await api.get('/webhooks');
    expect(webhooks.map((one: any) => [one.id, one.locked, one.headers])).toEqual([
      [id, true, {}],
      [open.id, false, { 'X-Team': 'osint' }],
    ]);
  });

  it('keeps its deliveries waiting, and gets them when the key is back', async () => {
    const { api } = await start(lost);
    const { delivery_ids } = await api.emit();
    expect(delivery_ids).toHaveLength(1);
    // Longer than a round of the work that is due.
    await scene.receiver.expectQuiet(1000);
    expect(await api.delivery(delivery_ids[0]!)).toMatchObject({ status: 'pending', attempts: 0 });
    await stop();
    const back = await start(OLD);
    expect(await back.api.untilDelivery(delivery_ids[0]!, 'success')).toMatchObject({ attempts: 1 });
    expect(signed(0)).toBe(true);
  }, 60_000);

  it('refuses tests and retries, which wait then', async () => {
    scene.receiver.answerWith([500, 200]);
    const before = await start(OLD);
    await before.api.post(`/webhooks/${id}/test`, undefined, 200);
    const [{ id: failed }] = (await before.api.get('/webhooks/deliveries?status=failed')).deliveries;
    await stop();
    const { api } = await start(lost);
    const { detail } = await api.post(`/webhooks/${id}/test`, undefined, 503);
    expect(detail).toContain('SECRETS_KEY');
    await api.post(`/webhooks/deliveries/${failed}/retry`, undefined, 503);
    expect((await api.delivery(failed)).status).toBe('retrying');
    await stop();
    const back = await start(OLD);
    await back.api.untilDelivery(failed, 'success');
  }, 60_000);

  it('works again when its secret and its headers are set anew', async () => {
    const { app, api } = await start(lost);
    const patch = (body: object) => request(app.server).patch(`${API}/webhooks/${id}`).send(body);
    await patch({ headers: { 'X-Other': '1' } }).expect(503);
    await patch({ name: 'renamed' }).expect(200);
    const { secret } = await api.post(`/webhooks/${id}/secret/rotate`, undefined, 200);
    expect((await patch({ headers: null }).expect(200)).body).toMatchObject({ locked: false, headers: {} });
    await api.emit();
    const [{ headers }] = (await scene.receiver.waitFor(1)) as [any];
    expect(headers['webhook-signature'].split(' ')).toHaveLength(1);
    expect(secret).toMatch(/^whsec_/);
  });
});
