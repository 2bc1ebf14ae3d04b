import { describe, expect, it } from '@jest/globals';
import { setAppScene } from '../support/app-scene.js';
import { SetClock } from '../support/clock.js';

const HOUR_MS = 3_600_000;

const scene = setAppScene({ answers: [500, 200], clock: () => new SetClock() });

/** A delivery that waits for its retry, `seconds` after its first attempt. */
async function retrying(seconds: number): Promise<string> {
  await scene.api.createWebhook({
    url: scene.receiver.url(),
    retry_config: { max_retries: 1, initial_delay: seconds },
  });
  const { delivery_ids } = await scene.api.emit();
  await scene.api.untilDelivery(delivery_ids[0]!, 'retrying');
  return delivery_ids[0]!;
}

describe('a wall clock that is set', () => {
  it('an hour back holds up neither a retry nor a new event', async () => {
    const id = await retrying(3);
    scene.clock.setBy(-HOUR_MS);
    await scene.api.untilDelivery(id, 'success');
    const { delivery_ids } = await scene.api.emit();
    await scene.api.untilDelivery(delivery_ids[0]!, 'success');
  });

  it('an hour ahead makes no retry due before at least half its time', async () => {
    const id = await retrying(3);
    scene.clock.setBy(HOUR_MS);
    await scene.api.emit();
    await scene.api.untilDelivery(id, 'success');
    const times = scene.receiver.requests
      .filter(({ headers }) => headers['x-webhook-delivery'] === id)
      .map(({ at }) => at);
    expect(times).toHaveLength(2);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(1500);
  });
});
