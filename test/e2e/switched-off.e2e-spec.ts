import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { HistorySweeper } from '../../src/history/eviction/history-sweeper.js';
import { API } from '../support/api.js';
import { setAppScene } from '../support/app-scene.js';
import { ShiftedClock } from '../support/clock.js';
import { until } from '../support/until.js';

const env = { BREAKER_THRESHOLD: '0' };
/** Retries are an hour away, or nearly at once. */
const LATE = { retry_config: { initial_delay: 60, max_delay: 3600 } };
const SOON = { retry_config: { initial_delay: 2 } };

const scene = setAppScene({ env, answers: [500], clock: () => new ShiftedClock() });

const change = (method: 'put' | 'patch', id: string, body: object) =>
  request(scene.app.server)[method](`${API}/webhooks/${id}`).send(body).expect(200);
const remove = (id: string) => request(scene.app.server).delete(`${API}/webhooks/${id}`).expect(204);

/** So many events whose first attempt failed, and that wait for the second. */
async function retrying(count: number, more: object = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1)
    ids.push(...(await scene.api.emit({ data: { n }, ...more })).delivery_ids);
  for (const id of ids) await scene.api.untilDelivery(id, 'retrying');
  return ids;
}

async function expectEnded(ids: readonly string[], reason: string): Promise<void> {
  for (const id of ids) {
    const { status, next_retry_at, error_message } = await scene.api.delivery(id);
    expect({ status, next_retry_at, error_message }).toEqual({
      status: 'failed',
      next_retry_at: null,
      error_message: reason,
    });
  }
  expect((await scene.api.get('/webhooks/stats')).pending_deliveries).toBe(0);
}

describe('what waits for a webhook', () => {
  it.each(['put', 'patch'] as const)(
    'that a %s switches off ends at once, and is all recovered',
    async (method) => {
      const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...LATE });
      const ids = await retrying(3);
      await change(method, id, { active: false });
      await expectEnded(ids, 'webhook is inactive');
      expect(await scene.api.get(`/webhooks/${id}`)).toMatchObject({
        failure_count: 3,
        missed_since: (await scene.api.delivery(ids[0]!)).created_at,
      });
      scene.receiver.answerWith([200]);
      scene.receiver.clear();
      await change(method, id, { active: true });
      await scene.receiver.expectQuiet();
      expect(await scene.api.post(`/webhooks/${id}/recover`, {}, 202)).toEqual({ requeued: 3 });
      for (const delivery of ids) await scene.api.untilDelivery(delivery, 'success');
      expect(await scene.api.get(`/webhooks/${id}`)).toMatchObject({ failure_count: 0, success_count: 3 });
    },
  );

  it('that is deleted ends at once', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...LATE });
    const ids = await retrying(3);
    await remove(id);
    await expectEnded(ids, 'webhook was deleted');
  });

  it('that answered 410 ends without waiting for its time', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...LATE });
    const ids = await retrying(2);
    scene.receiver.answerWith([410]);
    await scene.api.emit();
    await until(async () => !(await scene.api.get(`/webhooks/${id}`)).active, 'the switch');
    for (const delivery of ids) await scene.api.untilDelivery(delivery, 'failed');
    await expectEnded(ids, 'webhook is inactive');
  });

  it('whose project was deleted ends as well', async () => {
    await scene.graph.run(`CREATE (:Project {id: 'p-1', safe_name: 'gone', name: 'Gone'})`);
    await scene.api.createWebhook({ url: scene.receiver.url(), project_id: 'gone', ...LATE });
    const ids = await retrying(2, { project_id: 'gone' });
    await scene.graph.run('MATCH (p:Project) DETACH DELETE p');
    while ((await scene.app.get(HistorySweeper).sweep()) > 0);
    for (const delivery of ids) await scene.api.untilDelivery(delivery, 'failed');
    await expectEnded(ids, 'webhook is inactive');
  });

  it('is not sent when it is on again within the wait of a retry', async () => {
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...SOON });
    const [old = ''] = await retrying(1);
    await change('put', id, { active: false });
    await change('put', id, { active: true });
    scene.receiver.answerWith([200]);
    const [fresh = ''] = (await scene.api.emit({ data: { n: 'fresh' } })).delivery_ids;
    await scene.api.untilDelivery(fresh, 'success');
    scene.receiver.clear();
    await scene.receiver.expectQuiet(3000);
    expect((await scene.api.delivery(old)).status).toBe('failed');
  });

  it('in memory, for the throttle, is not sent either; what comes after is', async () => {
    await scene.restartWith({ ...env, MAX_REQUESTS_PER_SECOND: '1' });
    scene.receiver.answerWith([200]);
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url() });
    const old: string[] = [];
    for (let n = 0; n < 10; n += 1) old.push(...(await scene.api.emit({ data: { n } })).delivery_ids);
    await change('put', id, { active: false });
    await change('put', id, { active: true });
    const [fresh = ''] = (await scene.api.emit({ data: { n: 'fresh' } })).delivery_ids;
    await scene.api.untilDelivery(fresh, 'success');
    const ends = await Promise.all(
      old.map((delivery) => scene.api.untilDelivery(delivery, 'failed', 'success')),
    );
    const failed = ends.filter(({ status }) => status === 'failed');
    // Those that had gone out before the switch are as they are.
    expect(failed.length).toBeGreaterThanOrEqual(1);
    expect(scene.receiver.requests).toHaveLength(11 - failed.length);
  });

  it('gets no retry when it is switched off during the attempt', async () => {
    scene.receiver.answerWith([{ status: 500, delayMs: 1500 }]);
    const { id } = await scene.api.createWebhook({ url: scene.receiver.url(), ...SOON });
    const [delivery = ''] = (await scene.api.emit()).delivery_ids;
    await scene.receiver.waitFor(1);
    await change('put', id, { active: false });
    await change('put', id, { active: true });
    const { attempts, error_message } = await scene.api.untilDelivery(delivery, 'failed');
    expect({ attempts, error_message }).toEqual({ attempts: 1, error_message: 'HTTP 500' });
  });
});
