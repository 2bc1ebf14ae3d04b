import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { InstanceLease } from '../../src/delivery/queue/instance-lease.js';
import { EndpointRegistry } from '../../src/delivery/endpoints/endpoint-registry.js';
import { WebhookDeactivator } from '../../src/delivery/endpoints/webhook-deactivator.js';
import { LostTallies } from '../../src/history/tallies/lost-tallies.js';
import { SchemaWatch } from '../../src/neo4j/schema/schema-watch.js';
import { WebhookService } from '../../src/index.js';
import { SystemClock } from '../../src/common/clock.js';
import { API } from '../support/api.js';
import { setAppScene } from '../support/app-scene.js';
import { until } from '../support/until.js';

/** What analysts and scripts do to a graph that is not theirs alone. */
const scene = setAppScene({ answers: () => 200, clock: () => new SystemClock() });

const create = (more: object = {}): Promise<any> =>
  scene.api.createWebhook({ url: scene.receiver.url(), ...more });
const emit = async (more: object = {}): Promise<string[]> =>
  (await scene.api.emit({ event: 'entity.created', ...more })).delivery_ids;

describe('records that somebody has spoiled', () => {
  it('of webhooks, instances, tallies, counters and projects stop neither a start nor anything else', async () => {
    const good = await create();
    const bad = await create({ name: 'bad' });
    const [waits] = await emit();
    await scene.api.untilDelivery(waits!, 'success');
    await scene.graph.run(
      `MATCH (bad:Webhook {id: $bad}) SET bad.url = 'no address', bad.project_id = 7 REMOVE bad.events
       CREATE (:Webhook {name: 'x'}) CREATE (:DeletedWebhook {name: 'x', deleted_at: '2000'})
       CREATE (:WebhookInstance {id: 'stray'}) CREATE (:WebhookInstance)
       CREATE (:WebhookTally {failing_since: '2026'}) CREATE (:WebhookTally {id: 7, kept: 'many'})
       CREATE (:WebhookCounter {id: 'stray', events: 'x', failures: true}) CREATE (:WebhookSchemaMigration)
       CREATE (:Project {id: 7, safe_name: 8})
       WITH bad MATCH (tally:WebhookTally {id: $bad}) SET tally.failing_since = 7, tally.kept = 'x'
       WITH tally MATCH (counter:WebhookCounter) REMOVE counter.retried`,
      { bad: bad.id },
    );
    await scene.restartWith({});
    const ids = await emit();
    expect(ids).toHaveLength(1);
    await scene.api.untilDelivery(ids[0]!, 'success');
    const { webhooks } = await scene.api.get('/webhooks');
    expect(webhooks.map(({ id }: any) => id)).toEqual([good.id]);
    expect((await scene.api.get('/webhooks/stats')).successful_deliveries).toBe(3);
    expect((await scene.api.get('/webhooks/deliveries')).total).toBe(3);
    await scene.app.get(WebhookDeactivator).followProjects();
    await scene.app.get(InstanceLease).renew();
    expect(scene.app.get(InstanceLease).isHeld()).toBe(true);
    await until(
      async () => (await scene.graph.count('WebhookInstance', { id: 'stray' })) === 0,
      'burial',
      60_000,
    );
    await scene.graph.run('MATCH (n:WebhookSchemaMigration) WHERE n.id IS NULL DELETE n');
  }, 120_000);

  it('of a webhook keep what waits for it until it is mended', async () => {
    const { id } = await create();
    await scene.graph.run('MATCH (w:Webhook {id: $id}) SET w.url = 7', { id });
    await scene.restartWith({});
    const registry = scene.app.get(EndpointRegistry);
    expect(registry.get(id)).toMatchObject({ locked: true, events: [] });
  });

  it('are not there when they are asked for by themselves, and can be deleted', async () => {
    const { id } = await create();
    const [delivery] = await emit();
    await scene.api.untilDelivery(delivery!, 'success');
    await scene.graph.run(
      `MATCH (w:Webhook {id: $id}) SET w.events = 7 WITH w MATCH (d:WebhookDelivery) SET d.status = 'lost'`,
      { id },
    );
    await scene.api.get(`/webhooks/deliveries/${delivery}`, 404);
    await scene.api.post(`/webhooks/deliveries/${delivery}/retry`, undefined, 400);
    for (const path of ['/test', '/secret/rotate'])
      await scene.api.post(`/webhooks/${id}${path}`, undefined, 404);
    await scene.api.get(`/webhooks/${id}`, 404);
    await request(scene.app.server).patch(`${API}/webhooks/${id}`).send({ name: 'x' }).expect(404);
    await request(scene.app.server).delete(`${API}/webhooks/${id}`).expect(204);
    expect((await scene.api.get('/webhooks')).total).toBe(0);
  });

  it('of events that a key or id leads to conflict with whoever names them, and with nobody else', async () => {
    await create();
    const keyed = (key: string): Promise<any> =>
      scene.app.get(WebhookService).sendEvent('entity.created', { idempotencyKey: key });
    const { eventId } = await keyed('a');
    await keyed('b');
    await scene.graph.run(
      `MATCH (a:WebhookEvent {idempotency_key: 'a'}) SET a.delivery_ids = 'x'
       WITH count(a) AS done MATCH (b:WebhookEvent {idempotency_key: 'b'}) SET b.id = 7`,
    );
    const answers = await Promise.allSettled([
      ...['a', 'b', 'c'].map(keyed),
      scene.app.get(WebhookService).sendEvent('entity.created', { id: eventId }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'rejected']);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason.code).toBe('idempotency_conflict');
  });

  it('of a webhook that was taken out of the graph, or says that it is deleted, hold up no event of others', async () => {
    const [gone, odd, good] = [await create(), await create(), await create()];
    await scene.graph.run(
      `MATCH (gone:Webhook {id: $gone}) DETACH DELETE gone WITH 1 AS one MATCH (odd:Webhook {id: $odd}) SET odd.deleted_at = 'x'`,
      { gone: gone.id, odd: odd.id },
    );
    const [id, ...others] = await emit();
    expect(others).toEqual([]);
    expect(await scene.api.untilDelivery(id!, 'success')).toMatchObject({ webhook_id: good.id });
  });

  it('of tallies and bodies spoil no list and no answer', async () => {
    const { id } = await create();
    const [first] = await emit();
    await scene.api.untilDelivery(first!, 'success');
    await scene.graph.run(
      `MATCH (t:WebhookTally) REMOVE t.kept WITH t MATCH (e:WebhookEvent) SET e.body = 'abc'`,
    );
    const { deliveries } = await scene.api.get(`/webhooks/${id}/deliveries`);
    expect(deliveries).toMatchObject([{ id: first, payload: 'abc' }]);
    await scene.api.get(`/webhooks/deliveries/${first}`);
  });

  it('of attempts do not make an attempt go on for ever', async () => {
    await create({ retry_config: { max_retries: 1, initial_delay: 0.1 } });
    const [sent] = await emit();
    await scene.api.untilDelivery(sent!, 'success');
    await scene.graph.run(`MATCH (d:WebhookDelivery {id: $sent}) SET d.attempts = 0, d.status = 'failed'`, {
      sent,
    });
    expect(await scene.api.post(`/webhooks/deliveries/${sent}/retry`, undefined, 200)).toMatchObject({
      status: 'success',
    });
    expect(scene.receiver.requests).toHaveLength(2);
    expect(await scene.graph.count('WebhookAttempt', { delivery_id: sent! })).toBe(2);
  });
});

describe('what somebody takes out of the graph', () => {
  const indexes = (): Promise<any[]> => scene.graph.run('SHOW INDEXES YIELD name RETURN name ORDER BY name');
  const untilThere = (count: number): Promise<unknown> =>
    until(() => scene.receiver.requests.length >= count, `${count} deliveries`, 60_000);

  it('stops nothing, and is made anew', async () => {
    const { id } = await create();
    const before = await indexes();
    let sent = 0;
    for (const taken of [
      ['MATCH (n:WebhookTally) DELETE n'],
      ["MATCH (n:WebhookRegistry {id: 'registry'}) DELETE n"],
      ["MATCH (n:WebhookRegistry {id: 'relay'}) DELETE n"],
      ['MATCH (n:WebhookCounter|WebhookActivity|WebhookKnown|WebhookSchemaMigration) DELETE n'],
      ['MATCH (n:WebhookInstance) DELETE n'],
      [
        ...['webhook_delivery_queue', 'webhook_delivery_log'].map((name) => `DROP INDEX ${name}`),
        ...['webhook_delivery_id_unique', 'webhook_registry_id_unique', 'webhook_counter_id_unique'].map(
          (name) => `DROP CONSTRAINT ${name}`,
        ),
      ],
    ]) {
      for (const statement of taken) await scene.graph.run(statement);
      await emit();
      await scene.graph.run("CREATE (:WebhookOutbox {event: 'entity.created'})");
      await untilThere((sent += 2));
    }
    await scene.app.get(LostTallies).look();
    await scene.app.get(SchemaWatch).look();
    expect(await indexes()).toEqual(before);
    await scene.restartWith({});
    await emit();
    await untilThere((sent += 1));
    const log = async (): Promise<number> =>
      (await scene.api.get(`/webhooks/${id}/deliveries?status=success`)).total;
    await until(async () => (await log()) === sent, 'the log');
    expect(scene.receiver.requests).toHaveLength(sent);
  }, 240_000);
});

describe('a project', () => {
  const follow = (): Promise<void> => scene.app.get(WebhookDeactivator).followProjects();

  it('that comes after its webhook, or gets another name, is known by its id and its names', async () => {
    const { id } = await create({ project_id: 'cold_case' });
    expect(await emit({ project_id: 'p-uuid' })).toEqual([]);
    await scene.graph.run(`CREATE (:Project {id: 'p-uuid', safe_name: 'cold_case'})`);
    await follow();
    for (const project_id of ['p-uuid', 'cold_case']) expect(await emit({ project_id })).toHaveLength(1);
    await scene.graph.run(`MATCH (p:Project) SET p.safe_name = 'warm_case'`);
    await follow();
    // A change of something else does not part the two.
    await scene.app.get(WebhookService).updateWebhook(id, { name: 'renamed' });
    for (const project_id of ['p-uuid', 'warm_case']) expect(await emit({ project_id })).toHaveLength(1);
    expect((await scene.api.get('/webhooks?project_id=warm_case')).total).toBe(1);
  });

  it('that is deleted switches its webhook off, and makes it no global one', async () => {
    await scene.graph.run(`CREATE (:Project {id: 'p-uuid', safe_name: 'cold_case'})`);
    const { id } = await create({ project_id: 'p-uuid' });
    await scene.graph.run('MATCH (p:Project) DETACH DELETE p');
    await follow();
    expect(await scene.api.get(`/webhooks/${id}`)).toMatchObject({ active: false });
    expect(await emit({ project_id: 'p-uuid' })).toEqual([]);
  });
});
