import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { Lanes } from '../../src/delivery/lanes/lanes.js';
import { FailingWatch, HealthNotices } from '../../src/history/failing/failing-watch.js';
import { TestApp } from '../support/app.js';
import { setAppScene } from '../support/app-scene.js';
import { ShiftedClock } from '../support/clock.js';
import { FailingDrill } from '../support/failing-drill.js';
import { payloadErrors } from '../support/payloads.js';
import { Receiver } from '../support/receiver.js';
import { until } from '../support/until.js';

const DAY = 24 * 3600 * 1000;
const MINUTE = 60 * 1000;
const ENV = { DISABLE_AFTER_FAILURES: '3', BREAKER_THRESHOLD: '2' };
const ONCE = { retry_config: { max_retries: 0 } };

/** Its receiver fails; this one does not. */
const scene = setAppScene({ env: ENV, answers: [500], clock: () => new ShiftedClock() });
const drill = new FailingDrill(scene);
let good: Receiver;

beforeEach(async () => {
  good = await Receiver.start();
});
afterEach(() => good.close());

/** What a receiver was told about webhooks, without the ids of the events. */
function notices(receiver: Receiver) {
  const told = receiver.requests.filter(({ json }) => json.data.kind !== undefined).map(({ json }) => json);
  expect(told.flatMap(({ event, data }) => payloadErrors(event, data))).toEqual([]);
  return told;
}

async function metric(name: string): Promise<number> {
  const { text } = await request(scene.app.server).get('/metrics').expect(200);
  return Number(new RegExp(`^basset_webhooks_${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}

describe('a webhook that fails for too long', () => {
  it('is switched off after the time and the count, with its reason, and not before', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    await drill.attempt(id, 2);
    await drill.later(6 * DAY);
    await drill.look();
    expect(await drill.webhook(id)).toMatchObject({ active: true, consecutive_failures: 2 });
    await drill.attempt(id, 1);
    await drill.look();
    const off = await drill.webhook(id);
    expect(off).toMatchObject({ active: false, consecutive_failures: 3, disabled_at: expect.any(String) });
    expect(off.disabled_reason).toBe(`every attempt since ${off.failing_since} failed, 3 deliveries in all`);
    expect(await metric('deactivated_total\\{reason="failing"\\}')).toBe(1);
    expect((await scene.api.emit()).delivery_ids).toEqual([]);
  });

  it('stays on while the time is not over, however often it failed', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    await drill.attempt(id, 30);
    await drill.later(5 * DAY - MINUTE);
    await drill.look();
    expect((await drill.webhook(id)).active).toBe(true);
    await drill.later(2 * MINUTE);
    await drill.look();
    expect((await drill.webhook(id)).active).toBe(false);
  });

  it('begins anew with a success', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    await drill.attempt(id, 10);
    await drill.later(4 * DAY);
    scene.receiver.answerWith([200, 500]);
    await drill.attempt(id, 1);
    expect(await drill.webhook(id)).toMatchObject({ failing_since: null, consecutive_failures: 0 });
    await drill.attempt(id, 10);
    await drill.later(4 * DAY);
    await drill.look();
    expect((await drill.webhook(id)).active).toBe(true);
  });

  it('is never switched off when that is off', async () => {
    await scene.restartWith({ ...ENV, DISABLE_AFTER_DAYS: 'off' });
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    await drill.attempt(id, 5);
    await drill.later(400 * DAY);
    await drill.look();
    expect((await drill.webhook(id)).active).toBe(true);
  });

  it('is switched off once, and told of once, by two instances', async () => {
    const other = await TestApp.start({ env: ENV, clock: scene.clock });
    try {
      await scene.api.createWebhook({ url: good.url(), events: ['system.health'] });
      const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
      await drill.attempt(id, 3);
      await drill.later(6 * DAY);
      await Promise.all([
        drill.look(),
        other.get(FailingWatch).look(),
        drill.look(),
        other.get(FailingWatch).look(),
      ]);
      await until(() => notices(good).some(({ data }) => data.kind === 'webhook.disabled'));
      await Promise.all([drill.look(), other.get(FailingWatch).look()]);
      const kinds = notices(good).map(({ data }) => data.kind);
      expect(kinds.filter((kind) => kind === 'webhook.disabled')).toHaveLength(1);
    } finally {
      await other.close();
    }
  });

  it('forgets all that when it is switched on again', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    await drill.attempt(id, 3);
    await drill.later(6 * DAY);
    await drill.look();
    expect((await drill.webhook(id)).active).toBe(false);
    expect(await drill.patch(id, { active: true })).toMatchObject({
      active: true,
      disabled_reason: null,
      disabled_at: null,
      failing_since: null,
      consecutive_failures: 0,
      circuit: 'closed',
    });
    await drill.look();
    expect((await drill.webhook(id)).active).toBe(true);
  });
});

describe('system.health', () => {
  const listen = (receiver: Receiver, more: object = {}) =>
    scene.api.createWebhook({ url: receiver.url(), events: ['system.health'], ...ONCE, ...more });

  it('tells of an outage and of its end, once each, with who and since when', async () => {
    await listen(good);
    const { id } = await scene.api.createWebhook({
      url: `${scene.receiver.url()}?token=planted`,
      secret: 'planted',
      ...ONCE,
    });
    await drill.attempt(id, 4);
    const { failing_since } = await drill.webhook(id);
    for (let n = 0; n < 3; n += 1) await drill.look();
    scene.receiver.answerWith([200]);
    await drill.attempt(id, 1);
    for (let n = 0; n < 3; n += 1) await drill.look();
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

  it('tells at the first refusal that a webhook is blocked, once, and opens its breaker after a restart', async () => {
    await listen(good);
    const slack = { url: scene.receiver.url('/services/T0/B0/planted'), format: 'slack', name: 'chat' };
    const { id } = await scene.api.createWebhook({ ...slack, ...ONCE });
    scene.receiver.answerWith([{ status: 403, body: 'action_prohibited' }]);
    await drill.attempt(id, 1);
    for (let n = 0; n < 3; n += 1) await drill.look();
    await good.waitFor(1);
    expect(notices(good).map(({ data }) => data)).toEqual([
      expect.objectContaining({
        ...{ kind: 'webhook.failing', webhook_id: id, webhook_name: 'chat' },
        reason: expect.stringContaining('refuses what is sent, until somebody repairs'),
      }),
    ]);
    await scene.restartWith(ENV);
    expect(scene.app.get(Lanes).known(id)?.breaker.isOpen).toBe(true);
    expect(await drill.webhook(id)).toMatchObject({ circuit: 'open', consecutive_failures: 1 });
  });

  it('tells of every webhook that the service switches off: for 410, and for a deleted project', async () => {
    await scene.graph.run("CREATE (:Project {id: 'uuid-1', safe_name: 'case-1'})");
    await listen(good);
    await listen(good, { project_id: 'case-1', url: good.url('/project') });
    await scene.api.createWebhook({
      url: scene.receiver.url(),
      name: 'orphan',
      project_id: 'case-1',
      events: ['entity.deleted'],
    });
    await scene.graph.run('MATCH (p:Project) DETACH DELETE p');
    scene.receiver.answerWith([410]);
    const gone = await scene.api.createWebhook({ url: scene.receiver.url(), name: 'gone' });
    await scene.api.emit();
    const disabled = () => notices(good).filter(({ data }) => data.kind === 'webhook.disabled');
    await until(() => disabled().length >= 3, 'the notices');
    const told = Object.fromEntries(
      disabled().map(({ data, project_id }) => [data.webhook_name, { ...data, project_id }]),
    );
    expect(told['gone']).toMatchObject({
      webhook_id: gone.id,
      cause: 'gone',
      reason: 'the endpoint answered 410 Gone',
      disabled_at: (await drill.webhook(gone.id)).disabled_at,
      project_id: null,
    });
    expect(told['orphan']).toMatchObject({ cause: 'project_deleted', project_id: 'case-1' });
  });

  it('is never sent to the webhook that it is about', async () => {
    await listen(good);
    const { id } = await listen(scene.receiver);
    await drill.attempt(id, 3);
    await drill.look();
    await drill.later(6 * DAY);
    await drill.look();
    await until(() => notices(good).length >= 2, 'both notices');
    expect(notices(good).map(({ data }) => data.webhook_id)).toEqual([id, id]);
    expect(notices(scene.receiver)).toEqual([]);
  });

  it('does not go to and fro between two webhooks that both fail and both listen', async () => {
    const first = await listen(scene.receiver, { url: scene.receiver.url('/first') });
    const second = await listen(scene.receiver, { url: scene.receiver.url('/second') });
    await drill.attempt(first.id, 2);
    await drill.attempt(second.id, 2);
    for (let n = 0; n < 20; n += 1) {
      await drill.look();
      await drill.later(15 * MINUTE);
    }
    await until(() => notices(scene.receiver).length >= 2, 'one notice each');
    const events = await scene.graph.run(
      "MATCH (e:WebhookEvent) WHERE e.idempotency_key STARTS WITH 'basset-hound:' RETURN e.type AS type",
    );
    expect(events).toHaveLength(2);
  });

  it('tells of a webhook that comes and goes once in ten minutes at most', async () => {
    await listen(good);
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    for (let n = 0; n < 5; n += 1) {
      scene.receiver.answerWith([500, 500, 200]);
      await drill.attempt(id, 2);
      await drill.look();
      await drill.attempt(id, 1);
      await drill.look();
    }
    expect(notices(good).length).toBeLessThanOrEqual(2);
    await drill.later(11 * MINUTE);
    scene.receiver.answerWith([500]);
    await drill.attempt(id, 2);
    await drill.look();
    await good.waitFor(3);
    expect(notices(good).map(({ data }) => data.kind)).toEqual([
      'webhook.failing',
      'webhook.recovered',
      'webhook.failing',
    ]);
  });

  it('makes one event of what two instances tell, or one tells again', async () => {
    const other = await TestApp.start({ env: ENV, clock: scene.clock });
    try {
      await listen(good);
      const at = '2026-01-01T00:00:00.000Z';
      const off = { webhookId: 'w', name: 'n', projectId: null, cause: 'gone', reason: 'because', at };
      const tellers = [scene.app, other, scene.app, other].map((instance) => instance.get(HealthNotices));
      await Promise.all(tellers.map((teller) => teller.disabled(off)));
      await scene.app.get(HealthNotices).disabled({ ...off, name: 'has another name by now' });
      expect(await scene.graph.count('WebhookEvent')).toBe(1);
      expect(await scene.graph.count('WebhookDelivery')).toBe(1);
    } finally {
      await other.close();
    }
  });

  it('tells after a restart what was not told before', async () => {
    await listen(good);
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    await scene.graph.run(
      `MATCH (w:Webhook {id: $id}) SET w.active = false, w.disabled_told = false, w.disabled_cause = 'gone',
         w.disabled_reason = 'because', w.disabled_at = '2026-01-01T00:00:00.000Z'`,
      { id },
    );
    await scene.restartWith(ENV);
    expect((await good.waitFor(1))[0]?.json.data).toMatchObject({ kind: 'webhook.disabled', webhook_id: id });
    await drill.look();
    await good.expectQuiet();
  });
});
