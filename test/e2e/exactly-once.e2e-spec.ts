import { afterEach, describe, expect, it } from '@jest/globals';
import { WebhookService } from '../../src/index.js';
import { StrayClaimReaper } from '../../src/delivery/lanes/stray-claim-reaper.js';
import { WorkRepository } from '../../src/delivery/queue/work.neo4j.repository.js';
import { InstanceLease } from '../../src/delivery/queue/instance-lease.js';
import { Api } from '../support/api.js';
import { TestApp } from '../support/app.js';
import { setScene } from '../support/scene.js';
import { until } from '../support/until.js';

const scene = setScene();
let apps: TestApp[] = [];

afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  apps = [];
  await scene.receiver.close();
});

async function start(env: Record<string, string> = {}): Promise<TestApp> {
  const app = await TestApp.start({ env });
  apps.push(app);
  return app;
}

async function stop(app: TestApp): Promise<void> {
  apps = apps.filter((one) => one !== app);
  await app.close();
}

const attempts = (): string[] =>
  scene.receiver.requests.map(({ headers }) => String(headers['x-webhook-attempt']));
const delivery = (id: string): Promise<any> =>
  scene.graph.value('MATCH (d:WebhookDelivery {id: $id}) RETURN d', { id });

/** A delivery that waits for its retry. */
async function retrying(app: TestApp, initial_delay: number): Promise<string> {
  scene.receiver.answerWith([500, 200]);
  await new Api(app).createWebhook({ url: scene.receiver.url(), retry_config: { initial_delay } });
  const { delivery_ids } = await new Api(app).emit();
  await new Api(app).untilDelivery(delivery_ids[0]!, 'retrying');
  return delivery_ids[0]!;
}

describe('a delivery that is retried by hand', () => {
  it('at the moment when its timer fires has one attempt more, on whichever instance', async () => {
    const [one, two] = [await start(), await start()];
    const id = await retrying(one, 1);
    // Asked once: the timer of an instance may be faster than another look.
    const { next_attempt_at } = await delivery(id);
    await until(() => new Date().toISOString() >= next_attempt_at);
    const asked = [one, two, one, two].map((app) => app.get(WebhookService).retryDelivery(id));
    await Promise.allSettled(asked);
    await new Api(one).untilDelivery(id, 'success');
    expect(attempts()).toEqual(['1', '2']);
    expect(await scene.graph.count('WebhookAttempt')).toBe(2);
    expect(await new Api(two).get('/webhooks/stats')).toMatchObject({
      successful_deliveries: 1,
      failed_deliveries: 0,
      retried_deliveries: 1,
      pending_deliveries: 0,
    });
  });

  it('goes out from an instance that has not heard of the webhook yet', async () => {
    const [one, two] = [await start(), await start()];
    two.get(InstanceLease).renew = async () => undefined;
    const id = await retrying(one, 60);
    expect(await two.get(WebhookService).retryDelivery(id)).toMatchObject({ status: 'success', attempts: 2 });
  });

  it('is waited for when the service stops: its outcome is written, nothing is repeated', async () => {
    const app = await start();
    const id = await retrying(app, 60);
    scene.receiver.answerWith([{ status: 200, delayMs: 500 }]);
    const asked = app.get(WebhookService).retryDelivery(id);
    await scene.receiver.waitFor(2);
    await stop(app);
    expect(await asked).toMatchObject({ status: 'success', attempts: 2 });
    expect(await delivery(id)).toMatchObject({ status: 'success', attempts: 2 });
    expect(await scene.graph.count('WebhookInstance')).toBe(0);
  });

  it('goes back to the queue when the service stops before its turn comes', async () => {
    const app = await start({ MAX_REQUESTS_PER_SECOND: '0.2' });
    const id = await retrying(app, 60);
    const asked = app.get(WebhookService).retryDelivery(id);
    await until(async () => (await delivery(id)).status === 'sending');
    await stop(app);
    await asked.catch(() => undefined);
    expect(await delivery(id)).toMatchObject({ status: 'retrying', queue: expect.any(String), attempts: 1 });
    await new Api(await start()).untilDelivery(id, 'success');
    expect(attempts()).toEqual(['1', '2']);
  });
});

describe('a claim whose answer was lost', () => {
  /** Claimed by an instance that knows nothing of it. */
  async function claimFor(id: string, instance: string): Promise<void> {
    await scene.graph.run(
      `MATCH (d:WebhookDelivery {id: $id}) REMOVE d.queue SET d.claimed_by = $instance, d.status = 'sending'`,
      { id, instance },
    );
  }

  it('is given back by the instance that it was made for', async () => {
    const app = await start();
    const id = await retrying(app, 60);
    await claimFor(id, app.get(InstanceLease).id);
    expect(await app.get(StrayClaimReaper).audit()).toBe(1);
    await new Api(app).untilDelivery(id, 'success');
    expect(attempts()).toEqual(['1', '2']);
  });

  it('is given back by anybody when that instance is gone', async () => {
    const app = await start();
    const id = await retrying(app, 60);
    await claimFor(id, 'nobody');
    app.expectedBreaches = 1;
    expect(await app.get(StrayClaimReaper).audit()).toBe(1);
    await new Api(app).untilDelivery(id, 'success');
    expect(attempts()).toEqual(['1', '2']);
  });

  it('and a delivery that fell out of the queue, is put back, counted and told', async () => {
    const app = await start();
    const claimless = await retrying(app, 60);
    scene.receiver.answerWith(() => 500);
    const others = [await new Api(app).emit(), await new Api(app).emit()];
    const [queueless, timeless] = others.map(({ delivery_ids }) => String(delivery_ids[0]));
    for (const id of [queueless!, timeless!]) await new Api(app).untilDelivery(id, 'retrying');
    await claimFor(claimless, 'nobody');
    await scene.graph.run(
      `MATCH (a {id: $claimless}) REMOVE a.claimed_by
       WITH a MATCH (b {id: $queueless}) REMOVE b.queue
       WITH b MATCH (c {id: $timeless}) REMOVE c.next_attempt_at`,
      { claimless, queueless, timeless },
    );
    scene.receiver.answerWith(() => 200);
    app.expectedBreaches = 3;
    expect(await app.get(StrayClaimReaper).audit()).toBe(3);
    expect(await app.get(StrayClaimReaper).audit()).toBe(0);
    await new Api(app).untilDelivery(timeless!, 'success');
    // These keep the time at which they are due.
    for (const id of [claimless, queueless!])
      expect(await delivery(id)).toMatchObject({ status: 'retrying', queue: expect.any(String) });
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    expect(metrics).toContain('queue_breaches_total{kind="no_place"} 3');
    expect(metrics).toContain('queue_breaches_total{kind="unregistered_claim"} 0');
  });

  it('is not mistaken for one whose answer is under way, or that is worked on', async () => {
    const app = await start();
    const id = await retrying(app, 60);
    const work = app.get(WorkRepository);
    const claimForRetry = work.claimForRetry.bind(work);
    let audited: Promise<number> | undefined;
    work.claimForRetry = async (...claim) => {
      const held = await claimForRetry(...claim);
      // It is committed, and its answer takes its time.
      audited = app.get(StrayClaimReaper).audit();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return held;
    };
    scene.receiver.answerWith([{ status: 200, delayMs: 500 }]);
    const asked = app.get(WebhookService).retryDelivery(id);
    await scene.receiver.waitFor(2);
    expect(await audited).toBe(0);
    expect(await app.get(StrayClaimReaper).audit()).toBe(0);
    expect(await asked).toMatchObject({ status: 'success' });
    expect(attempts()).toEqual(['1', '2']);
  });
});

it('webhooks are found again when the version in the graph went back, as after a restored backup', async () => {
  const app = await start();
  await new Api(app).createWebhook({ url: scene.receiver.url() });
  await scene.graph.run('MATCH (r:WebhookRegistry) SET r.version = 0');
  const { delivery_ids } = await new Api(app).emit();
  await new Api(app).untilDelivery(delivery_ids[0]!, 'success');
});
