import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { WebhookService } from '../../src/index.js';
import { API } from '../support/api.js';
import { setAppScene } from '../support/app-scene.js';
import { ShiftedClock } from '../support/clock.js';
import { FailingDrill } from '../support/failing-drill.js';
import { until } from '../support/until.js';

const DAY = 24 * 3600 * 1000;
const MINUTE = 60 * 1000;
/** One request at a time, so that there is an order. */
const env = {
  DISABLE_AFTER_FAILURES: '3',
  BREAKER_THRESHOLD: '0',
  DELIVERY_CONCURRENCY_PER_WEBHOOK: '1',
  MAX_DELIVERIES: '5000',
  // What is recovered by itself is another file's.
  RECOVER_AFTER_OUTAGE: 'false',
};
const ONCE = { retry_config: { max_retries: 0 } };

const scene = setAppScene({ env, answers: [500], clock: () => new ShiftedClock() });
const drill = new FailingDrill(scene);

/** So many events, each delivery of which ends as failed. */
async function lose(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const [id = ''] = (await scene.api.emit({ data: { n } })).delivery_ids;
    await scene.api.untilDelivery(id, 'failed');
    ids.push(id);
  }
  return ids;
}

describe('recovery', () => {
  it('queues again what failed in the outage, oldest first, and the counts add up', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    scene.receiver.answerWith([500, 200, 500]);
    const before = await lose(1);
    const [fine = ''] = (await scene.api.emit({ data: { n: 'fine' } })).delivery_ids;
    await scene.api.untilDelivery(fine, 'success');
    await drill.later(MINUTE);
    const lost = await lose(4);
    await drill.attempt(id, 1);
    await drill.later(6 * DAY);
    await drill.look();
    expect((await drill.webhook(id)).missed_since).toBe((await scene.api.delivery(lost[0]!)).created_at);
    expect((await scene.api.post(`/webhooks/${id}/recover`, {}, 400)).detail).toMatch('inactive');
    scene.receiver.answerWith([200]);
    scene.receiver.clear();
    await drill.patch(id, { active: true });
    expect(await scene.api.post(`/webhooks/${id}/recover`, undefined, 202)).toEqual({ requeued: 4 });
    for (const delivery of lost) await scene.api.untilDelivery(delivery, 'success');
    expect(scene.receiver.requests.map(({ headers }) => headers['x-webhook-delivery'])).toEqual(lost);
    expect((await scene.api.delivery(before[0]!)).status).toBe('failed');
    expect(await drill.webhook(id)).toMatchObject({ success_count: 5, failure_count: 2, missed_since: null });
    expect(await scene.api.get('/webhooks/stats')).toMatchObject({
      successful_deliveries: 5,
      failed_deliveries: 2,
      pending_deliveries: 0,
    });
    expect(await scene.graph.value('MATCH (t:WebhookTally {id: $id}) RETURN t.kept', { id })).toBe(7);
    expect(await scene.api.post(`/webhooks/${id}/recover`, {}, 202)).toEqual({ requeued: 0 });
  });

  it('brings what waited when it was switched off, with a whole new retry schedule', async () => {
    const retry_config = { max_retries: 2, initial_delay: 4 };
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), retry_config });
    const ids = [...(await scene.api.emit()).delivery_ids, ...(await scene.api.emit()).delivery_ids];
    for (const delivery of ids) await scene.api.untilDelivery(delivery, 'retrying');
    await drill.patch(id, { active: false });
    for (const delivery of ids) await scene.api.untilDelivery(delivery, 'failed');
    scene.receiver.answerWith([500, 500, 200]);
    await drill.patch(id, { active: true });
    expect(await scene.api.post(`/webhooks/${id}/recover`, {}, 202)).toEqual({ requeued: 2 });
    const record = await scene.api.untilDelivery(ids[0]!, 'retrying');
    expect(record.attempts).toBe(2);
    const { status, attempts } = await scene.api.untilDelivery(ids[0]!, 'success');
    expect({ status, attempts }).toEqual({ status: 'success', attempts: 3 });
  });

  it('takes a time of its own, and refuses what is none', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    const ids = [];
    for (let n = 0; n < 3; n += 1) {
      ids.push(...(await lose(1)));
      await drill.later(MINUTE);
    }
    const [, second, third] = await Promise.all(ids.map((delivery) => scene.api.delivery(delivery)));
    await scene.api.post(`/webhooks/${id}/recover`, { since: 'yesterday' }, 422);
    await scene.api.post(`/webhooks/${id}/recover`, [], 422);
    await scene.api.post(`/webhooks/${id}/recover`, { dry_run: 'yes' }, 422);
    const backwards = { since: third.created_at, until: second.created_at };
    await scene.api.post(`/webhooks/${id}/recover`, backwards, 422);
    await scene.api.post(`/webhooks/unknown/recover`, {}, 404);
    scene.receiver.answerWith([200]);
    const range = { since: second.created_at, until: third.created_at };
    const counted = (body: object) =>
      scene.api.post(`/webhooks/${id}/recover`, { ...body, dry_run: true }, 202);
    const far = { since: second.created_at, until: '9999-12-31T23:59:59-05:00' };
    expect(await counted(range)).toEqual({ requeued: 0, would_requeue: 1 });
    expect(await counted(far)).toEqual({ requeued: 0, would_requeue: 2 });
    expect(await counted({})).toEqual({ requeued: 0, would_requeue: 3 });
    expect(await scene.api.post(`/webhooks/${id}/recover`, range, 202)).toEqual({ requeued: 1 });
    await scene.api.untilDelivery(second.id, 'success');
    expect(await scene.api.post(`/webhooks/${id}/recover`, far, 202)).toEqual({ requeued: 1 });
    expect(await scene.app.get(WebhookService).countRecoverable(id)).toBe(1);
    expect(await scene.app.get(WebhookService).recoverWebhook(id)).toBe(1);
    expect(await counted({})).toEqual({ requeued: 0, would_requeue: 0 });
    for (const delivery of ids) await scene.api.untilDelivery(delivery, 'success');
  });

  it('beside manual retries of the same deliveries sends each once', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...ONCE });
    const events = Array.from({ length: 600 }, (_, n) => ({ event: 'entity.created', data: { n } }));
    await scene.api.post('/events/batch', { events: events.slice(0, 300) }, 202);
    await scene.api.post('/events/batch', { events: events.slice(300) }, 202);
    await until(
      async () => (await scene.api.get('/webhooks/stats')).failed_deliveries === 600,
      'failures',
      300_000,
    );
    scene.receiver.answerWith([200]);
    scene.receiver.clear();
    const some = (await scene.api.get(`/webhooks/${id}/deliveries?limit=20`)).deliveries.map(
      (d: any) => d.id,
    );
    const retries = some.map((delivery: string) =>
      request(scene.app.server).post(`${API}/webhooks/deliveries/${delivery}/retry`),
    );
    const recovery = scene.api.post(`/webhooks/${id}/recover`, {}, 202);
    const answers = await Promise.all(retries);
    const requeued: number = (await recovery).requeued;
    const retried = answers.filter(({ status }: any) => status === 200).length;
    expect(requeued + retried).toBe(600);
    await until(
      async () => (await scene.api.get('/webhooks/stats')).pending_deliveries === 0,
      'the end',
      300_000,
    );
    expect(await drill.webhook(id)).toMatchObject({ success_count: 600, failure_count: 0 });
    expect(await scene.api.get('/webhooks/stats')).toMatchObject({
      successful_deliveries: 600,
      failed_deliveries: 0,
    });
    expect(scene.receiver.requests).toHaveLength(600);
  }, 600_000);
});
