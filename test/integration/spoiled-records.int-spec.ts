import { beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/common/clock.js';
import { EndpointRepository } from '../../src/delivery/endpoints/endpoint.neo4j.repository.js';
import type { Outcome } from '../../src/delivery/outcomes/outcome.js';
import { OutcomeRecorder } from '../../src/delivery/outcomes/outcome-recorder.js';
import { OutcomeRepository } from '../../src/delivery/outcomes/outcome.neo4j.repository.js';
import { InstanceRepository } from '../../src/delivery/queue/instance.neo4j.repository.js';
import { WorkRepository } from '../../src/delivery/queue/work.neo4j.repository.js';
import { CredentialOpener, SecretCipher } from '../../src/delivery/sending/secret-cipher.js';
import { EventRepository } from '../../src/events/event.neo4j.repository.js';
import { HistoryRepository } from '../../src/history/eviction/history.neo4j.repository.js';
import { BacklogRepository, Backlogs } from '../../src/history/failing/backlog.neo4j.repository.js';
import { RecoveryRepository } from '../../src/history/failing/recovery.neo4j.repository.js';
import { COUNT_OF_WEBHOOK } from '../../src/history/log/delivery-log.cypher.js';
import { DeliveryTrail } from '../../src/history/log/delivery-trail.neo4j.repository.js';
import type { NextTries } from '../../src/delivery/lanes/due-outlook.neo4j.repository.js';
import { COUNT_LISTED_WEBHOOKS } from '../../src/webhooks/webhook.cypher.js';
import { DEFAULT_OPTIONS } from '../../src/config/resolve-options.js';
import { setGraphScene } from '../support/graph-scene.js';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:01:00.000Z';

const { graph, raw } = setGraphScene();
const clock = new SystemClock();
const work = new WorkRepository(graph);
const instances = new InstanceRepository(graph, clock);
const history = new HistoryRepository(graph);
const recovery = new RecoveryRepository(graph);
const cipher = new SecretCipher({ ...DEFAULT_OPTIONS, secretsKeys: [{ id: 'k', key: Buffer.alloc(32) }] });

/** Two webhooks, `good` and `bad`, each with a delivery that waits, one that has failed, and one that is claimed. */
beforeEach(async () => {
  await raw.wipe();
  await instances.register({ id: 'me', beat: 0, host: 'h', pid: 1, space: 's' });
  await raw.run(
    `CREATE (:WebhookRegistry {id: 'registry', version: 1})
     WITH 1 AS one UNWIND ['bad', 'good'] AS id
     CREATE (:Webhook {id: id, name: id, url: 'https://example.com/', active: true, events: ['*'], delivery_count: 3,
       max_retries: 3, initial_delay: 1.0, max_delay: 60.0, backoff_multiplier: 2.0, project_names: ['p']})
     CREATE (:WebhookTally {id: id, successes: 0, failures: 1, kept: 1, kept_successes: 0})
     WITH id UNWIND [['waits', 'pending', null], ['failed', 'failed', null], ['mine', 'sending', 'me']] AS d
     CREATE (:WebhookEvent {id: 'e-' + d[0] + '-' + id, type: 'entity.created', body: '{}', timestamp: $now, created_at: $now})
       -[:TRIGGERED]->(:WebhookDelivery {id: d[0] + '-' + id, webhook_id: id, event_id: 'e-' + d[0] + '-' + id,
       event: 'entity.created', status: d[1], claimed_by: d[2], queue: CASE d[1] WHEN 'pending' THEN id END,
       next_attempt_at: CASE d[1] WHEN 'pending' THEN $now END, attempts: 1, attempt_base: 0, created_at: $now})`,
    { now: NOW },
  );
});

const spoil = (cypher: string): Promise<unknown> =>
  raw.run(`MATCH (w:Webhook {id: 'bad'}) MATCH (t:WebhookTally {id: 'bad'}) ${cypher}`);
const tally = (id: string): Promise<any> => raw.value('MATCH (t:WebhookTally {id: $id}) RETURN t', { id });
const status = (id: string): Promise<string> =>
  raw.value('MATCH (d:WebhookDelivery {id: $id}) RETURN d.status', { id });

const failed = (webhookId: string): Outcome => ({
  ...{ deliveryId: `mine-${webhookId}`, webhookId, claimedBy: 'me', status: 'failed', attempts: 2 },
  ...{ nextAttemptAt: null, attempt: null, errorMessage: 'HTTP 500', word: null },
});

describe('counts that are no numbers', () => {
  it.each(["'many'", 'true', 'null', 'date()'])(
    'are mended by the outcome that meets them, which is not written again and again (%s)',
    async (nonsense) => {
      await spoil(`SET t.successes = ${nonsense}, t.failures = ${nonsense}, t.kept = ${nonsense}
        WITH 1 AS one MATCH (c:WebhookCounter) SET c.failures = ${nonsense}`);
      const recorder = new OutcomeRecorder(new OutcomeRepository(graph, { id: 'me' }));
      await Promise.all([recorder.commit(failed('bad')), recorder.commit(failed('good'))]);
      expect([await status('mine-bad'), await status('mine-good')]).toEqual(['failed', 'failed']);
      expect(await tally('good')).toMatchObject({ failures: 2, kept: 2 });
    },
  );

  it('of an instance refuse no event: they can be mended', async () => {
    await raw.run(`MATCH (c:WebhookCounter {id: 'me:events'}) SET c.events = true, c.deliveries = 'x'`);
    const record = {
      ...{ id: 'e-new', type: 'entity.created', projectId: null, timestamp: NOW, body: '{}', bytes: 2 },
      ...{ traceparent: null, createdAt: NOW, dueAt: NOW, idempotencyKey: null, fingerprint: null },
      ...{ keepUntil: NOW, deliveries: [] },
    };
    const events = new EventRepository(graph);
    const options = { writeId: 'w', registryVersion: 1, instanceId: 'me', patienceMs: 1000 };
    await expect(events.append([record], options)).rejects.toThrow();
    await events.mendCounter('me');
    expect(await events.append([record], options)).toMatchObject({ kind: 'appended' });
  });

  it('stop no eviction, recovery, manual retry, end of a backlog or farewell', async () => {
    await spoil(`SET t.failures = 'x', t.kept = 'x', t.kept_successes = true
      WITH 1 AS one MATCH (c:WebhookCounter) SET c.failures = 'x', c.events = false REMOVE c.retried`);
    await raw.run(`MERGE (c:WebhookCounter {id: 'total'}) SET c.failures = 'x', c.events = true`);
    expect(await work.claimForRetry('failed-bad', 'me')).toMatchObject({ id: 'failed-bad' });
    expect(await recovery.requeue('good', {}, '', 10, 'me')).toMatchObject({ count: 1 });
    const backlog = { webhookId: 'bad', generation: 1, deleted: false };
    await new BacklogRepository(graph).endWaiting(backlog, 'off', '', 10);
    expect(await status('waits-bad')).toBe('failed');
    expect(await history.evictOldest('bad', 10)).toBe(1);
    await instances.remove('me');
    expect(await raw.count('WebhookCounter', { id: 'me:events' })).toBe(0);
  });

  it('of a tally or a webhook give a total all the same', async () => {
    await spoil(`SET w.delivery_count = 'x', t.successes = 'x' REMOVE t.kept`);
    expect(await graph.read(COUNT_OF_WEBHOOK, { webhook_id: 'bad' })).toEqual([{ total: 0 }]);
  });
});

describe('what one webhook has in the graph, and nobody can read, holds up no other', () => {
  it.each([
    `SET t.paused_until = '2099-01-01T00:00:00Z', t.asked_since = 7`,
    `SET t.paused_until = 'soon'`,
    `CREATE (:WebhookTally {paused_until: '2099-01-01T00:00:00Z'})`,
  ])('a pause: %s', async (cypher) => {
    await raw.run(`MATCH (t:WebhookTally {id: 'good'}) SET t.paused_until = $later`, { later: LATER });
    await spoil(cypher);
    expect((await work.pauses(NOW)).map(({ webhookId }) => webhookId)).toEqual(['good']);
  });

  it('a backlog', async () => {
    await raw.run(`MATCH (t:WebhookTally) SET t.ending = 1`);
    await spoil(`SET t.ending = 'x1'`);
    await new Backlogs(new BacklogRepository(graph)).endAll();
    expect([await status('waits-good'), await status('waits-bad')]).toEqual(['failed', 'pending']);
  });

  it('a delivery that is claimed and waits as well: the end of a backlog does not come back to it for ever', async () => {
    await raw.run(`MATCH (t:WebhookTally) SET t.ending = 1`);
    await raw.run(`MATCH (d:WebhookDelivery {id: 'waits-bad'}) SET d.claimed_by = 'me'`);
    await new Backlogs(new BacklogRepository(graph)).endAll();
    expect(await status('waits-good')).toBe('failed');
  });

  it('an outage', async () => {
    await raw.run(`MATCH (t:WebhookTally) SET t.requeue_since = $now, t.failing_since = $now`, { now: NOW });
    await spoil(`SET t.failing_since = 7`);
    expect((await recovery.outages()).map(({ webhookId }) => webhookId)).toEqual(['good']);
    await spoil(`SET t.failing_since = null, w.active = 'yes'`);
    expect((await recovery.outages()).map(({ webhookId }) => webhookId)).toEqual(['good']);
  });

  it('a log that is too long', async () => {
    await raw.run(`MATCH (t:WebhookTally) SET t.kept = 50`);
    await spoil(`SET t.lost_since = 7`);
    expect((await history.overfull(10, 10, [])).map(({ webhookId }) => webhookId)).toEqual(['good']);
  });

  it('a claim', async () => {
    await raw.run(`MATCH (d:WebhookDelivery {id: 'mine-bad'}) SET d.attempts = 'x'`);
    const claims = await work.claimedBy('me');
    expect(claims.map(({ id }) => id).sort()).toEqual(['mine-bad', 'mine-good']);
    expect(await work.release(claims, 'me', NOW)).toBe(2);
  });

  it.each(["w.active = 'yes'", "w.project_names = 'p'", 'w.project_names = [1, 2]'])(
    'a webhook among those that are listed: %s',
    async (change) => {
      await spoil(`SET ${change}`);
      const narrowed = { active_only: true, project_id: 'p' };
      const [row] = await graph.read(COUNT_LISTED_WEBHOOKS, narrowed);
      expect(row?.['total']).toBeGreaterThanOrEqual(1);
    },
  );

  it.each([
    'w.initial_delay = 0.0 / 0.0',
    'w.max_delay = 1e300',
    'w.backoff_multiplier = -1.0',
    'w.max_requests_per_second = 0',
    "w.deleted_at = 'x'",
    "w.generation = 'x'",
  ])('the settings of a webhook, which keeps what waits until they are mended: %s', async (change) => {
    await spoil(`SET ${change}`);
    const endpoints = new EndpointRepository(graph, new CredentialOpener(cipher), clock);
    const loaded = (await endpoints.loadAll()).endpoints.map(({ webhookId, locked }) => [webhookId, locked]);
    expect(loaded.sort()).toEqual([
      ['bad', true],
      ['good', false],
    ]);
  });

  it('attempts that would never end: the delivery ends', async () => {
    await raw.run(`MATCH (d:WebhookDelivery {id: 'waits-bad'}) SET d.attempt_base = 1000000`);
    const due = await work.due([{ webhookId: 'bad', count: 1 }], NOW);
    expect(
      await work.claim(
        due.map((one) => ({ ...one, body: undefined })),
        NOW,
        'me',
      ),
    ).toEqual([]);
    expect(await status('waits-bad')).toBe('failed');
  });

  it('an event, which is not there when it is asked for', async () => {
    await raw.run(`MATCH (e:WebhookEvent {id: 'e-failed-bad'}) SET e.timestamp = 7`);
    const trail = new DeliveryTrail(graph, { at: () => null } as unknown as NextTries);
    await expect(trail.event('e-failed-bad')).rejects.toMatchObject({ code: 'event_not_found' });
    expect(await trail.event('e-failed-good')).toMatchObject({ total: 1 });
  });
});
