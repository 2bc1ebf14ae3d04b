import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { FailingWatch } from '../../src/delivery/failing/failing-watch.js';
import { HealthNotices } from '../../src/delivery/failing/health-notices.js';
import { InstanceLease } from '../../src/delivery/instances/instance-lease.js';
import { WebhookService } from '../../src/index.js';
import { API, Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { ShiftedClock } from '../support/clock.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

const DAY = 24 * 3600 * 1000;
const MINUTE = 60 * 1000;
const ENV = { DISABLE_AFTER_FAILURES: '3', BREAKER_THRESHOLD: '2' };
const ONCE = { retry_config: { max_retries: 0 } };

let graph: Graph;
let bad: Receiver;
let good: Receiver;
let clock: ShiftedClock;
let app: TestApp;
let api: Api;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
});
beforeEach(async () => {
  [bad, good] = [await Receiver.start([500]), await Receiver.start()];
  clock = new ShiftedClock();
  await startApp(ENV);
  await app.get(WebhookService).clear();
});
afterEach(async () => {
  await app.close();
  await bad.close();
  await good.close();
});
afterAll(() => graph.close());

async function startApp(env: Record<string, string>): Promise<void> {
  app = await TestApp.start({ env, clock });
  api = new Api(app);
}

async function restartWith(env: Record<string, string>): Promise<void> {
  await app.close();
  await startApp(env);
}

/** Time goes by, and with it the lease, which only a heartbeat renews. */
async function later(ms: number): Promise<void> {
  clock.advance(ms);
  await app.get(InstanceLease).renew();
}

const look = () => app.get(FailingWatch).look();
const webhook = (id: string) => api.get(`/webhooks/${id}`);
const patch = async (id: string, body: object) =>
  (await request(app.server).patch(`${API}/webhooks/${id}`).send(body).expect(200)).body;

/** So many attempts, one after the other, each of which ends a delivery. A test passes by the breaker. */
async function attempt(id: string, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await api.post(`/webhooks/${id}/test`, undefined, 200);
}

/** What a receiver was told about webhooks, without the ids of the events. */
const notices = (receiver: Receiver) =>
  receiver.requests.filter(({ json }) => json.data.kind !== undefined).map(({ json }) => json);

async function metric(name: string): Promise<number> {
  const { text } = await request(app.server).get('/metrics').expect(200);
  return Number(new RegExp(`^basset_webhooks_${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}

describe('a webhook that fails for too long', () => {
  it('is switched off after the time and the count, with its reason, and not before', async () => {
    const { id } = await api.createWebhook({ url: bad.url(), ...ONCE });
    await attempt(id, 2);
    await later(6 * DAY);
    await look();
    expect(await webhook(id)).toMatchObject({ active: true, consecutive_failures: 2 });
    await attempt(id, 1);
    await look();
    const off = await webhook(id);
    expect(off).toMatchObject({ active: false, consecutive_failures: 3, disabled_at: expect.any(String) });
    expect(off.disabled_reason).toBe(`every attempt since ${off.failing_since} failed, 3 deliveries in all`);
    expect(await metric('deactivated_total\\{reason="failing"\\}')).toBe(1);
    expect((await api.emit()).delivery_ids).toEqual([]);
  });

  it('stays on while the time is not over, however often it failed', async () => {
    const { id } = await api.createWebhook({ url: bad.url(), ...ONCE });
    await attempt(id, 30);
    await later(5 * DAY - MINUTE);
    await look();
    expect((await webhook(id)).active).toBe(true);
    await later(2 * MINUTE);
    await look();
    expect((await webhook(id)).active).toBe(false);
  });

  it('begins anew with a success', async () => {
    const { id } = await api.createWebhook({ url: bad.url(), ...ONCE });
    await attempt(id, 10);
    await later(4 * DAY);
    bad.answerWith([200, 500]);
    await attempt(id, 1);
    expect(await webhook(id)).toMatchObject({ failing_since: null, consecutive_failures: 0 });
    await attempt(id, 10);
    await later(4 * DAY);
    await look();
    expect((await webhook(id)).active).toBe(true);
  });

  it('is never switched off when that is off', async () => {
    await restartWith({ ...ENV, DISABLE_AFTER_DAYS: 'off' });
    const { id } = await api.createWebhook({ url: bad.url(), ...ONCE });
    await attempt(id, 5);
    await later(400 * DAY);
    await look();
    expect((await webhook(id)).active).toBe(true);
  });

  it('is switched off once, and told of once, by two instances', async () => {
    const other = await TestApp.start({ env: ENV, clock });
    try {
      await api.createWebhook({ url: good.url(), events: ['system.health'] });
      const { id } = await api.createWebhook({ url: bad.url(), ...ONCE });
      await attempt(id, 3);
      await later(6 * DAY);
      await Promise.all([look(), other.get(FailingWatch).look(), look(), other.get(FailingWatch).look()]);
      await until(() => notices(good).some(({ data }) => data.kind === 'webhook.disabled'));
      await Promise.all([look(), other.get(FailingWatch).look()]);
      const kinds = notices(good).map(({ data }) => data.kind);
      expect(kinds.filter((kind) => kind === 'webhook.disabled')).toHaveLength(1);
    } finally {
      await other.close();
    }
  });

  it('forgets all that when it is switched on again', async () => {
    const { id } = await api.createWebhook({ url: bad.url(), ...ONCE });
    await attempt(id, 3);
    await later(6 * DAY);
    await look();
    expect((await webhook(id)).active).toBe(false);
    expect(await patch(id, { active: true })).toMatchObject({
      active: true,
      disabled_reason: null,
      disabled_at: null,
      failing_since: null,
      consecutive_failures: 0,
      circuit: 'closed',
    });
    await look();
    expect((await webhook(id)).active).toBe(true);
  });
});

describe('system.health', () => {
  const listen = (receiver: Receiver, more: object = {}) =>
    api.createWebhook({ url: receiver.url(), events: ['system.health'], ...ONCE, ...more });

  it('tells of an outage and of its end, once each, with who and since when', async () => {
    await listen(good);
    const { id } = await api.createWebhook({ url: `${bad.url()}?token=planted`, secret: 'planted', ...ONCE });
    await attempt(id, 4);
    const { failing_since } = await webhook(id);
    for (let n = 0; n < 3; n += 1) await look();
    bad.answerWith([200]);
    await attempt(id, 1);
    for (let n = 0; n < 3; n += 1) await look();
    await good.waitFor(2);
    const about = { webhook_id: id, webhook_name: 'test', failing_since };
    expect(notices(good).map(({ event, data }) => ({ event, data }))).toEqual([
      {
        event: 'system.health',
        data: {
          kind: 'webhook.failing',
          ...about,
          reason: '2 attempts in a row failed; only probes go out until one succeeds',
        },
      },
      {
        event: 'system.health',
        data: { kind: 'webhook.recovered', ...about, reason: 'the endpoint answers again' },
      },
    ]);
    expect(JSON.stringify(notices(good))).not.toContain('planted');
  });

  it('tells of every webhook that the service switches off: for 410, and for a deleted project', async () => {
    await graph.run("CREATE (:Project {id: 'uuid-1', safe_name: 'case-1'})");
    await listen(good);
    await listen(good, { project_id: 'case-1', url: good.url('/project') });
    await api.createWebhook({
      url: bad.url(),
      name: 'orphan',
      project_id: 'case-1',
      events: ['entity.deleted'],
    });
    await graph.run('MATCH (p:Project) DETACH DELETE p');
    bad.answerWith([410]);
    const gone = await api.createWebhook({ url: bad.url(), name: 'gone' });
    await api.emit();
    const disabled = () => notices(good).filter(({ data }) => data.kind === 'webhook.disabled');
    await until(() => disabled().length >= 3, 'the notices');
    const told = Object.fromEntries(
      disabled().map(({ data, project_id }) => [data.webhook_name, { ...data, project_id }]),
    );
    expect(told['gone']).toMatchObject({
      webhook_id: gone.id,
      cause: 'gone',
      reason: 'the endpoint answered 410 Gone',
      disabled_at: (await webhook(gone.id)).disabled_at,
      project_id: null,
    });
    expect(told['orphan']).toMatchObject({ cause: 'project_deleted', project_id: 'case-1' });
  });

  it('is never sent to the webhook that it is about', async () => {
    await listen(good);
    const { id } = await listen(bad);
    await attempt(id, 3);
    await look();
    await later(6 * DAY);
    await look();
    await until(() => notices(good).length >= 2, 'both notices');
    expect(notices(good).map(({ data }) => data.webhook_id)).toEqual([id, id]);
    expect(notices(bad)).toEqual([]);
  });

  it('does not go to and fro between two webhooks that both fail and both listen', async () => {
    const first = await listen(bad, { url: bad.url('/first') });
    const second = await listen(bad, { url: bad.url('/second') });
    await attempt(first.id, 2);
    await attempt(second.id, 2);
    for (let n = 0; n < 20; n += 1) {
      await look();
      await later(15 * MINUTE);
    }
    await until(() => notices(bad).length >= 2, 'one notice each');
    const events = await graph.run(
      "MATCH (e:WebhookEvent) WHERE e.idempotency_key STARTS WITH 'basset-hound:' RETURN e.type AS type",
    );
    expect(events).toHaveLength(2);
  });

  it('tells of a webhook that comes and goes once in ten minutes at most', async () => {
    await listen(good);
    const { id } = await api.createWebhook({ url: bad.url(), ...ONCE });
    for (let n = 0; n < 5; n += 1) {
      bad.answerWith([500, 500, 200]);
      await attempt(id, 2);
      await look();
      await attempt(id, 1);
      await look();
    }
    expect(notices(good).length).toBeLessThanOrEqual(2);
    await later(11 * MINUTE);
    bad.answerWith([500]);
    await attempt(id, 2);
    await look();
    await good.waitFor(3);
    expect(notices(good).map(({ data }) => data.kind)).toEqual([
      'webhook.failing',
      'webhook.recovered',
      'webhook.failing',
    ]);
  });

  it('makes one event of what two instances tell, or one tells again', async () => {
    const other = await TestApp.start({ env: ENV, clock });
    try {
      await listen(good);
      const at = '2026-01-01T00:00:00.000Z';
      const off = { webhookId: 'w', name: 'n', projectId: null, cause: 'gone', reason: 'because', at };
      const tellers = [app, other, app, other].map((instance) => instance.get(HealthNotices));
      await Promise.all(tellers.map((teller) => teller.disabled(off)));
      await app.get(HealthNotices).disabled({ ...off, name: 'has another name by now' });
      expect(await graph.count('WebhookEvent')).toBe(1);
      expect(await graph.count('WebhookDelivery')).toBe(1);
    } finally {
      await other.close();
    }
  });

  it('tells after a restart what was not told before', async () => {
    await listen(good);
    const { id } = await api.createWebhook({ url: bad.url(), ...ONCE });
    await graph.run(
      `MATCH (w:Webhook {id: $id}) SET w.active = false, w.disabled_told = false, w.disabled_cause = 'gone',
         w.disabled_reason = 'because', w.disabled_at = '2026-01-01T00:00:00.000Z'`,
      { id },
    );
    await restartWith(ENV);
    expect((await good.waitFor(1))[0]?.json.data).toMatchObject({ kind: 'webhook.disabled', webhook_id: id });
    await look();
    await good.expectQuiet();
  });
});
