import { beforeEach, describe, expect, it } from '@jest/globals';
import { WorkRepository } from '../../src/delivery/queue/work.neo4j.repository.js';
import { BacklogRepository } from '../../src/history/failing/backlog.neo4j.repository.js';
import { RecoveryRepository } from '../../src/history/failing/recovery.neo4j.repository.js';
import { setGraphScene } from '../support/graph-scene.js';

const NOW = '2026-01-01T00:00:00.000Z';

const { driver, graph, raw } = setGraphScene();
const recovery = new RecoveryRepository(graph);

beforeEach(async () => {
  await raw.wipe();
  await raw.run(
    `CREATE (:WebhookTally {id: 'w', successes: 0, failures: 3, kept: 3, kept_successes: 0}),
       (:Webhook {id: 'w', active: true}),
       (:WebhookCounter {id: 'total', events: 3, deliveries: 3, successes: 0, failures: 3, retried: 0})
     WITH 1 AS one UNWIND range(1, 3) AS n
     CREATE (:WebhookEvent {id: 'e' + n, body: '{}'})-[:TRIGGERED]->(:WebhookDelivery {id: 'd' + n,
       webhook_id: 'w', event_id: 'e' + n, event: 'entity.created', status: 'failed', attempts: 4,
       attempt_base: 0, created_at: $now})`,
    { now: NOW },
  );
});

const failures = async (): Promise<unknown> =>
  (
    await raw.run(
      `MATCH (t:WebhookTally {id: 'w'}) MATCH (c:WebhookCounter {id: 'total'})
       RETURN t.failures AS of_webhook, t.kept AS kept, c.failures AS of_all`,
    )
  )[0];

const requeue = (): Promise<unknown> => recovery.requeue('w', {}, '', 500, 'me');
const retry = (): Promise<unknown> => new WorkRepository(graph).claimForRetry('d1', 'me');

describe('what changes the counts of failures', () => {
  it.each([
    ['a recovery', requeue],
    ['a manual retry', retry],
  ])('locks the counter before all else: %s holds nothing while it waits for it', async (_, change) => {
    const session = driver.session();
    const outcomes = session.beginTransaction();
    await outcomes.run(`MATCH (c:WebhookCounter {id: 'total'}) REMOVE c.purge_at`);
    const changing = change();
    // Long enough for the statement to have come as far as it can; too short would not fail, only test less.
    await new Promise((resolve) => setTimeout(resolve, 500));
    // In the same transaction, as outcomes do: were they held by the other one, the two would wait for each other.
    await outcomes.run(`MATCH (d:WebhookDelivery) REMOVE d.purge_at`);
    await outcomes.run(`MATCH (t:WebhookTally {id: 'w'}) SET t.successes = t.successes + 1`);
    await outcomes.commit();
    await session.close();
    await changing;
    expect(await raw.value(`MATCH (t:WebhookTally {id: 'w'}) RETURN t.successes`)).toBe(1);
  });

  it('counts each recovered delivery once, however often it is asked for', async () => {
    expect(await requeue()).toEqual({ count: 3, last: 'd3' });
    expect(await requeue()).toEqual({ count: 0, last: null });
    expect(await failures()).toEqual({ of_webhook: 0, kept: 0, of_all: 0 });
    expect(await raw.count('WebhookDelivery', { queue: 'w', status: 'pending', attempt_base: 4 })).toBe(3);
  });

  it('counts what it would take without taking it', async () => {
    expect(await recovery.count('w', {}, '', 2)).toEqual({ count: 2, last: 'd2' });
    expect(await recovery.count('w', {}, 'd2', 2)).toEqual({ count: 1, last: 'd3' });
    expect(await recovery.count('w', { until: NOW }, '', 2)).toEqual({ count: 0, last: null });
    expect(await raw.count('WebhookDelivery', { status: 'failed' })).toBe(3);
  });
});

describe('what waits for a webhook that was switched off', () => {
  const backlog = { webhookId: 'w', generation: 2, deleted: false };
  const end = async (after = '', limit = 500): Promise<string | null> =>
    (await new BacklogRepository(graph).endWaiting(backlog, 'webhook is inactive', after, limit)).last;

  /** d1 waits for its first attempt, d2 for a retry an hour ahead, d3 was made after the webhook was on again. */
  beforeEach(async () => {
    await raw.run(
      `MATCH (t:WebhookTally) SET t.failures = 0, t.kept = 0, t.ending = 2
       WITH t MATCH (c:WebhookCounter) SET c.failures = 0
       WITH c MATCH (d:WebhookDelivery) SET d.status = 'pending', d.queue = 'w', d.next_attempt_at = $now
       WITH d WHERE d.id <> 'd1'
       SET d.status = CASE d.id WHEN 'd2' THEN 'retrying' ELSE 'pending' END,
         d.next_attempt_at = CASE d.id WHEN 'd2' THEN '2026-01-01T01:00:00.000Z' ELSE $now END,
         d.generation = CASE d.id WHEN 'd2' THEN 1 ELSE 2 END`,
      { now: NOW },
    );
  });

  it('ends whatever its time, once, and is counted once; what is newer goes on waiting', async () => {
    expect(await end('', 1)).toBe(NOW);
    expect(await end(NOW)).toBe('2026-01-01T01:00:00.000Z');
    expect(await end()).toBeNull();
    const ended = { status: 'failed', error_message: 'webhook is inactive' };
    expect(await raw.count('WebhookDelivery', ended)).toBe(2);
    expect(await raw.value('MATCH (d:WebhookDelivery) WHERE d.next_attempt_at IS NULL RETURN count(d)')).toBe(
      2,
    );
    expect(await raw.count('WebhookDelivery', { id: 'd3', queue: 'w', status: 'pending' })).toBe(1);
    expect(await failures()).toEqual({ of_webhook: 2, kept: 2, of_all: 2 });
    expect(await raw.value(`MATCH (t:WebhookTally) RETURN t.lost_since`)).toBe(NOW);
  });

  it('is left alone while an instance holds it', async () => {
    await raw.run(`MATCH (d:WebhookDelivery {id: 'd1'}) SET d.claimed_by = 'other', d.status = 'sending'`);
    await end();
    expect(await raw.count('WebhookDelivery', { id: 'd1', status: 'sending' })).toBe(1);
  });

  it('keeps its mark when the webhook was switched off once more', async () => {
    const repository = new BacklogRepository(graph);
    await repository.ended({ ...backlog, generation: 1 });
    expect(await repository.ending()).toEqual([backlog]);
    await repository.ended(backlog);
    expect(await repository.ending()).toEqual([]);
  });
});

describe('an outage', () => {
  const own = (since = '2025-12-31T00:00:00.000Z'): Promise<unknown> =>
    recovery.requeue('w', { since }, '', 500, 'me', true);

  /** d1 and d2 failed in it, d3 for another reason. */
  beforeEach(async () => {
    await raw.run(
      `MATCH (d:WebhookDelivery) WHERE d.id <> 'd3' SET d.recovery = 'due', d.last_attempt_at = $now
       WITH count(d) AS due MATCH (t:WebhookTally)
       SET t.requeue_since = $now, t.failing_since = $now, t.lost_before = $now
       WITH t MATCH (w:Webhook) SET w.max_retries = 3`,
      { now: NOW },
    );
  });

  const over = (): Promise<unknown> => raw.run('MATCH (t:WebhookTally) REMOVE t.failing_since');

  it('is taken up when it is over, and again by the next when that one does not come to an end', async () => {
    expect(await recovery.outages()).toEqual([{ webhookId: 'w', failingSince: NOW }]);
    expect(await recovery.takeUp('w', 'one')).toBeNull();
    await over();
    expect(await recovery.takeUp('w', 'one')).toBe(NOW);
    expect(await recovery.takeUp('w', 'two')).toBe(NOW);
    await recovery.endOutage('w', 'one');
    expect(await recovery.outages()).toHaveLength(1);
    await recovery.endOutage('w', 'two');
    expect(await recovery.outages()).toEqual([]);
  });

  it('that begins while another is recovered is not forgotten', async () => {
    await over();
    await recovery.takeUp('w', 'one');
    await raw.run('MATCH (t:WebhookTally) SET t.requeue_since = $later', {
      later: '2026-01-01T00:05:00.000Z',
    });
    await recovery.endOutage('w', 'one');
    expect(await recovery.takeUp('w', 'two')).toBe('2026-01-01T00:05:00.000Z');
  });

  it('queues each again once, by itself only what failed in it, and then nothing is missed', async () => {
    await over();
    await recovery.takeUp('w', 'one');
    expect(await own()).toEqual({ count: 2, last: 'd2' });
    expect(await own()).toEqual({ count: 0, last: null });
    await raw.run(`MATCH (d:WebhookDelivery {id: 'd1'}) SET d.status = 'failed', d.queue = null`);
    expect(await own()).toEqual({ count: 0, last: null });
    await recovery.endOutage('w', 'one');
    expect(await recovery.lostSince('w')).toBe(NOW);
    await requeue();
    await raw.run(`MATCH (t:WebhookTally) SET t.requeued_by = 'one'`);
    await recovery.endOutage('w', 'one');
    expect(await recovery.lostSince('w')).toBeNull();
  });

  it('is probed with the oldest, for one attempt, once, and not while something else waits', async () => {
    const times = { since: '2025-12-31T00:00:00.000Z', triedBefore: NOW, now: '2026-01-01T00:01:00.000Z' };
    const early = { ...times, triedBefore: '2025-12-31T23:59:59.000Z' };
    const probe = (given: typeof times): Promise<boolean> =>
      recovery.probe({ webhookId: 'w', ...given }, 'me');
    expect(await probe(early)).toBe(false);
    expect(await Promise.all([probe(times), probe(times), probe(times)])).toContain(true);
    expect(await raw.count('WebhookDelivery', { queue: 'w' })).toBe(1);
    expect(await raw.count('WebhookDelivery', { id: 'd1', queue: 'w', attempts: 4, attempt_base: 1 })).toBe(
      1,
    );
    expect(await failures()).toEqual({ of_webhook: 2, kept: 2, of_all: 2 });
    expect(await probe(times)).toBe(false);
  });
});
