import { expect, it } from '@jest/globals';
import { SystemClock } from '../../src/common/clock.js';
import { setAppScene } from '../support/app-scene.js';
import type { Answer, ReceivedRequest } from '../support/receiver.js';
import { until } from '../support/until.js';

/** As a receiver does that has a place for each project, and has lost one of them. */
const answer = ({ body }: ReceivedRequest): Answer =>
  body.includes('lost place') ? { status: 404, body: 'channel_not_found' } : { body: 'ok' };

const scene = setAppScene({ answers: answer, clock: () => new SystemClock(), env: { RETRY_JITTER: '0' } });

const statusOf = async (id: string): Promise<string> =>
  (await scene.api.get(`/webhooks/deliveries/${id}`)).status;

async function emit(name: string): Promise<string> {
  const { delivery_ids } = await scene.api.emit({ event: 'entity.created', data: { name } });
  return delivery_ids[0]!;
}

it('a delivery that is blocked for itself alone holds up none behind it, and ends', async () => {
  await scene.api.createWebhook({
    url: scene.receiver.url('/services/T0/B0/x'),
    format: 'slack',
    max_requests_per_second: 100,
    retry_config: { max_retries: 1, initial_delay: 0.1 },
  });
  const alone = await emit('lost place');
  await scene.receiver.waitFor(1);
  const others = await Promise.all(['a', 'b', 'c', 'd'].map(emit));
  for (const id of others) await until(async () => (await statusOf(id)) === 'success', `${id} to arrive`);
  await until(async () => (await statusOf(alone)) === 'failed', 'the end of the one that is blocked');
  expect(await scene.api.get(`/webhooks/deliveries/${alone}`)).toMatchObject({
    outcome: 'retry',
    error_message: expect.stringContaining('channel_not_found'),
  });
  expect(await scene.api.get('/webhooks/stats')).toMatchObject({ successful_deliveries: 4 });
}, 120_000);

it('what is blocked as a whole loses no retry, and arrives when it is repaired', async () => {
  scene.receiver.answerWith(() => ({ status: 404, body: 'channel_not_found' }));
  const { id } = await scene.api.createWebhook({
    url: scene.receiver.url('/services/T0/B0/x'),
    format: 'slack',
    max_requests_per_second: 100,
    retry_config: { max_retries: 0 },
  });
  const waiting = [await emit('a'), await emit('b'), await emit('c')];
  await scene.receiver.waitFor(3);
  scene.receiver.answerWith(() => ({ body: 'ok' }));
  await scene.api.post(`/webhooks/${id}/test`, undefined, 200);
  for (const one of waiting) await until(async () => (await statusOf(one)) === 'success', `${one} to arrive`);
}, 120_000);
