import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WebhookService } from '../../src/index.js';
import { Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { SetClock } from '../support/clock.js';
import { Graph } from '../support/graph.js';
import { Receiver } from '../support/receiver.js';

const HOUR_MS = 3_600_000;

let graph: Graph;
let receiver: Receiver;
let clock: SetClock;
let app: TestApp;
let api: Api;

beforeAll(async () => {
  graph = Graph.open();
  await graph.wipe();
});
beforeEach(async () => {
  receiver = await Receiver.start([500, 200]);
  clock = new SetClock();
  app = await TestApp.start({ clock });
  api = new Api(app);
  await app.get(WebhookService).clear();
});
afterEach(async () => {
  await app.close();
  await receiver.close();
});
afterAll(() => graph.close());

/** A delivery that waits for its retry, `seconds` after its first attempt. */
async function retrying(seconds: number): Promise<string> {
  await api.createWebhook({ url: receiver.url(), retry_config: { max_retries: 1, initial_delay: seconds } });
  const { delivery_ids } = await api.emit();
  await api.untilDelivery(delivery_ids[0]!, 'retrying');
  return delivery_ids[0]!;
}

describe('a wall clock that is set', () => {
  it('an hour back holds up neither a retry nor a new event', async () => {
    const id = await retrying(3);
    clock.setBy(-HOUR_MS);
    await api.untilDelivery(id, 'success');
    const { delivery_ids } = await api.emit();
    await api.untilDelivery(delivery_ids[0]!, 'success');
  });

  it('an hour ahead makes no retry due before at least half its time', async () => {
    const id = await retrying(3);
    clock.setBy(HOUR_MS);
    await api.emit();
    await api.untilDelivery(id, 'success');
    const times = receiver.requests
      .filter(({ headers }) => headers['x-webhook-delivery'] === id)
      .map(({ at }) => at);
    expect(times).toHaveLength(2);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(1500);
  });
});
