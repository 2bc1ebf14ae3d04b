import { beforeEach, describe, expect, it } from '@jest/globals';
import neo4j from 'neo4j-driver';
import { SystemClock } from '../../src/common/clock.js';
import type { HeldDelivery, Wanted } from '../../src/delivery/model/queued-delivery.js';
import { WorkRepository } from '../../src/delivery/queue/work.neo4j.repository.js';
import { CLAIM_FOR_RETRY } from '../../src/delivery/queue/work.cypher.js';
import { EventBody } from '../../src/delivery/model/event-record.js';
import { EventRepository } from '../../src/events/event.neo4j.repository.js';
import { InstanceRepository } from '../../src/delivery/queue/instance.neo4j.repository.js';
import type { Outcome } from '../../src/delivery/outcomes/outcome.js';
import { OutcomeRepository } from '../../src/delivery/outcomes/outcome.neo4j.repository.js';
import { Neo4jGraph } from '../../src/neo4j/neo4j-graph.js';
import { setGraphScene } from '../support/graph-scene.js';

const NOW = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:01:00.000Z';

const { driver, graph, raw } = setGraphScene();
const work = new WorkRepository(graph);
const instances = new InstanceRepository(graph, new SystemClock());

beforeEach(async () => {
  await raw.wipe();
  await raw.run(`CREATE (:WebhookTally {id: 'w', successes: 0, failures: 0, kept: 0})`);
  await register('me');
});

const register = (id: string): Promise<void> =>
  instances.register({ id, beat: 0, host: 'h', pid: 1, space: 's' });

/** Deliveries d1 … dn that wait, due at NOW. */
async function waiting(count: number, more: object = {}): Promise<void> {
  await raw.run(
    `UNWIND range(1, $count) AS n
     CREATE (:WebhookEvent {id: 'e' + n, body: '{}'})-[:TRIGGERED]->(d:WebhookDelivery {id: 'd' + n,
       webhook_id: 'w', event_id: 'e' + n, event: 'entity.created', status: 'pending', attempts: 0,
       attempt_base: 0, queue: 'w', next_attempt_at: $now})
     SET d += $more`,
    { count: neo4j.int(count), now: NOW, more },
  );
}

const due = async (count: number): Promise<Wanted[]> =>
  (await work.due([{ webhookId: 'w', count }], NOW)).map((found) => ({ ...found, body: undefined }));
const claim = async (count: number, id = 'me'): Promise<HeldDelivery[]> =>
  work.claim(await due(count), NOW, id);

/** The recorder of an instance that goes by `lease` now. */
const recorder = (lease = 'me'): OutcomeRepository => new OutcomeRepository(graph, { id: lease });

function outcome(deliveryId: string, more: Partial<Outcome> = {}): Outcome {
  const attempt = {
    startedAt: NOW,
    durationMs: 1,
    responseCode: 500,
    responseBody: '',
    errorMessage: 'HTTP 500',
    errorCode: 'http' as const,
  };
  return {
    deliveryId,
    webhookId: 'w',
    claimedBy: 'me',
    status: 'retrying',
    attempts: 1,
    nextAttemptAt: LATER,
    attempt: { ...attempt, retryAfterSeconds: null },
    ...{ errorMessage: 'HTTP 500', word: 'retry' as const },
    ...more,
  };
}

const delivery = async (id = 'd1'): Promise<any> =>
  raw.value('MATCH (d:WebhookDelivery {id: $id}) RETURN d', { id });
const counters = async (): Promise<any> =>
  (
    await raw.run(
      'MATCH (c:WebhookCounter) RETURN sum(c.successes) AS successes, sum(c.failures) AS failures, sum(c.retried) AS retried',
    )
  )[0];

describe('a claim', () => {
  it('reads each body once, and none that is in memory', async () => {
    await waiting(3);
    await raw.run(`MATCH (d:WebhookDelivery) WHERE d.id <> 'd3' SET d.event_id = 'e1'`);
    const [first, ...others] = await due(3);
    const here = new EventBody('{"here":1}');
    const claimed = await work.claim([first!, ...others], NOW, 'me');
    const shared = claimed.filter(({ eventId }) => eventId === 'e1').map(({ body }) => body);
    expect([shared.length, new Set(shared).size]).toEqual([2, 1]);
    await raw.run(`MATCH (d:WebhookDelivery) SET d.queue = 'w', d.status = 'pending' REMOVE d.claimed_by`);
    const wanted = (await due(3)).map((one) => (one.eventId === 'e1' ? { ...one, body: here } : one));
    const again = await work.claim(wanted, NOW, 'me');
    expect(again.map(({ body }) => body.bytes.toString()).sort()).toEqual(['{"here":1}', '{"here":1}', '{}']);
  });

  it('knows how large a body is, also of events from before that was stored', async () => {
    await waiting(2);
    await raw.run(`MATCH (e:WebhookEvent {id: 'e1'}) SET e.body_bytes = 77`);
    const found = await due(2);
    expect(Object.fromEntries(found.map(({ id, bytes }) => [id, bytes]))).toEqual({ d1: 77, d2: 2 });
  });

  it('leaves alone what was claimed, or put back for later, since it was found due', async () => {
    await waiting(3);
    const wanted = await due(3);
    await raw.run(`MATCH (d:WebhookDelivery {id: 'd1'}) SET d.next_attempt_at = $later`, { later: LATER });
    await raw.run(
      `MATCH (d:WebhookDelivery {id: 'd2'}) SET d.claimed_by = 'other', d.status = 'sending' REMOVE d.queue`,
    );
    expect((await work.claim(wanted, NOW, 'me')).map(({ id }) => id)).toEqual(['d3']);
    expect(await work.claim(wanted, NOW, 'me')).toEqual([]);
    expect(await delivery('d1')).toMatchObject({ queue: 'w', status: 'pending', next_attempt_at: LATER });
    expect(await delivery('d2')).toMatchObject({ claimed_by: 'other', status: 'sending' });
  });
});

describe('an outcome', () => {
  it('that is written again after a lost answer changes nothing: the retry stays in the queue', async () => {
    await waiting(1);
    await claim(1);
    expect(await recorder().write([outcome('d1')])).toBe(1);
    expect(await recorder().write([outcome('d1')])).toBe(0);
    expect(await delivery()).toMatchObject({
      status: 'retrying',
      queue: 'w',
      next_attempt_at: LATER,
      attempts: 1,
    });
    expect(await raw.count('WebhookAttempt')).toBe(1);
  });

  it('that was asked to wait keeps its place and its retries, and the webhook pauses; counted as no failure', async () => {
    await waiting(1);
    await claim(1);
    const asked = { since: NOW, pausedUntil: LATER };
    const told = outcome('d1', { nextAttemptAt: NOW, errorMessage: 'HTTP 429', attemptBase: 1, asked });
    for (const written of [1, 0]) expect(await recorder().write([told])).toBe(written);
    const place = { status: 'retrying', queue: 'w', next_attempt_at: NOW, attempts: 1, attempt_base: 1 };
    expect(await delivery()).toMatchObject(place);
    expect(await work.pauses(NOW)).toEqual([{ webhookId: 'w', since: NOW, until: LATER }]);
    expect(await work.pauses(LATER)).toEqual([]);
    const tally = await raw.value('MATCH (t:WebhookTally) RETURN t');
    expect(tally).toMatchObject({ failures: 0, kept: 0 });
    expect(tally).not.toHaveProperty('failing_since');
    const earlier = { ...told, attempts: 2, asked: { ...asked, since: LATER, pausedUntil: NOW } };
    await raw.run(`MATCH (d:WebhookDelivery) SET d.claimed_by = 'me'`);
    await recorder().write([earlier]);
    expect(await work.pauses(NOW)).toEqual([{ webhookId: 'w', since: NOW, until: LATER }]);
    await raw.run(`MATCH (d:WebhookDelivery) SET d.claimed_by = 'me'`);
    await recorder().write([outcome('d1', { attempts: 3 })]);
    expect(await raw.value('MATCH (t:WebhookTally) RETURN t.asked_since')).toBeNull();
    await work.endPause('w');
    expect(await work.pauses(NOW)).toEqual([]);
  });

  it('is counted once, however often it is written', async () => {
    await waiting(2);
    await claim(2);
    const ended = [
      outcome('d1', { status: 'success', nextAttemptAt: null }),
      outcome('d2', { status: 'failed', nextAttemptAt: null, attempts: 2 }),
    ];
    for (const written of [2, 0, 0]) expect(await recorder().write(ended)).toBe(written);
    expect(await counters()).toEqual({ successes: 1, failures: 1, retried: 1 });
    expect(await raw.value('MATCH (t:WebhookTally) RETURN t')).toMatchObject({
      successes: 1,
      failures: 1,
      kept: 2,
    });
  });

  it('that comes after a takeover leaves the delivery in the queue', async () => {
    await waiting(1);
    await claim(1);
    await instances.releaseClaims('me', NOW, 1000);
    expect(await recorder().write([outcome('d1')])).toBe(0);
    expect(await delivery()).toMatchObject({ status: 'pending', queue: 'w' });
    await register('other');
    expect(await claim(1, 'other')).toHaveLength(1);
  });

  it('of a claim that is still ours is written under a new id that is not registered yet', async () => {
    await waiting(1);
    await claim(1);
    expect(await recorder('anew').write([outcome('d1', { status: 'success', nextAttemptAt: null })])).toBe(1);
    await register('anew');
    expect(await counters()).toMatchObject({ successes: 1 });
    expect(await raw.count('WebhookCounter', { id: 'anew:outcomes' })).toBe(1);
  });
});

describe('claims', () => {
  it('that are given back twice, or after a takeover, stay in the queue', async () => {
    await waiting(1);
    await claim(1);
    for (const time of ['first', 'again']) {
      await work.giveBack(['d1'], 'me', LATER);
      expect({ time, ...(await delivery()) }).toMatchObject({
        ...{ time, status: 'pending', queue: 'w', next_attempt_at: NOW },
      });
    }
  });

  it('are made by no instance that was taken for dead', async () => {
    await waiting(1);
    await instances.bury('me', 0);
    expect(await claim(1)).toEqual([]);
    expect(await delivery()).toMatchObject({ status: 'pending', queue: 'w' });
  });

  it('of records that nobody can read end, one by one, and hold up no other', async () => {
    await waiting(7);
    await raw.run(
      `MATCH (d:WebhookDelivery) WITH d ORDER BY d.id
       WITH collect(d) AS all
       WITH all, all[0] AS a, all[1] AS b, all[2] AS c, all[3] AS d, all[4] AS e
       REMOVE a.attempts SET b.event_id = 7, c.status = 'PENDING' REMOVE d.id
       WITH e MATCH (event {id: e.event_id}) DETACH DELETE event`,
    );
    const held = await claim(10);
    expect(held.map(({ id }) => id).sort()).toEqual(['d3', 'd6', 'd7']);
    const ended = await raw.run(
      `MATCH (d:WebhookDelivery {status: 'failed'}) RETURN d.error_message AS why ORDER BY d.id`,
    );
    expect(ended.map(({ why }) => why)).toEqual([
      expect.stringMatching(/cannot be read: .*attempts/),
      expect.stringMatching(/cannot be read: .*event_id/),
      expect.stringMatching(/cannot be read: .*body/),
      expect.stringMatching(/cannot be read: .*'id'/),
    ]);
    expect(await raw.value('MATCH (t:WebhookTally) RETURN t')).toMatchObject({ failures: 4, kept: 4 });
    expect(await counters()).toMatchObject({ failures: 4 });
    expect(await claim(10)).toEqual([]);
  });

  it('go back in batches; one that ended meanwhile stays in the queue, and does not end the batches', async () => {
    await waiting(3);
    await claim(3);
    // The statement has found all three and waits for their locks, while the outcome of the first is written.
    const session = driver.session();
    const writing = session.beginTransaction();
    await writing.run('MATCH (d:WebhookDelivery) REMOVE d.purge_at');
    const releasing = instances.releaseClaims('me', NOW, 3);
    await raw.whenBlocked();
    await writing.run(
      `MATCH (d:WebhookDelivery {id: 'd1'})
       SET d.claimed_by = null, d.status = 'retrying', d.queue = 'w', d.next_attempt_at = $later, d.attempts = 1`,
      { later: LATER },
    );
    await writing.commit();
    await session.close();
    expect(await releasing).toEqual({ found: 3, released: 2 });
    for (const id of ['d1', 'd2', 'd3']) expect(await delivery(id)).toMatchObject({ queue: 'w' });
    expect((await delivery('d1')).next_attempt_at).toBe(LATER);
  });

  it('say whether their instance is gone', async () => {
    await waiting(3);
    await claim(1);
    for (const id of ['a-gone-one', 'z-gone-one']) {
      await register(id);
      await claim(1, id);
      await raw.run('MATCH (i:WebhookInstance {id: $id}) DELETE i', { id });
    }
    expect(await instances.nextClaimer('')).toEqual({ id: 'a-gone-one', registered: false });
    expect(await instances.nextClaimer('a-gone-one')).toEqual({ id: 'me', registered: true });
    expect(await instances.nextClaimer('me')).toEqual({ id: 'z-gone-one', registered: false });
    expect(await instances.nextClaimer('z-gone-one')).toBeUndefined();
  });

  it('are given back one by one, unless an attempt was recorded since', async () => {
    await waiting(2);
    const claims = (await claim(2)).map(({ id, attempts }) => ({ id, attempts }));
    await raw.run(`MATCH (d:WebhookDelivery {id: 'd2'}) SET d.attempts = 1`);
    expect(await work.release(claims, 'me', NOW)).toBe(1);
    expect(await delivery('d1')).toMatchObject({ status: 'pending', queue: 'w' });
    expect(await delivery('d2')).toMatchObject({ status: 'sending', claimed_by: 'me' });
    expect(await work.claimedBy('me')).toEqual([{ id: 'd2', webhookId: 'w', attempts: 1 }]);
  });

  it('for a manual retry are found again when the answer was lost, and counted once', async () => {
    await waiting(1, { status: 'failed', attempts: 2, queue: null });
    const parameters = { id: 'd1', instance: 'me', claim: 'c-1', counter: 'me:outcomes' };
    for (const time of ['first', 'again']) {
      const [row] = await graph.write(CLAIM_FOR_RETRY, parameters);
      expect({ time, ...row }).toMatchObject({
        time,
        claimed: [{ id: 'd1', claimed_by: 'me', attempts: 2, attempt_base: 2 }],
      });
    }
    expect(await counters()).toMatchObject({ failures: -1 });
    expect(await work.claimForRetry('d1', 'other')).toBe('not-registered');
    await register('other');
    expect(await work.claimForRetry('d1', 'other')).toBe('not-retryable');
    expect(await work.claimForRetry('d1', 'me')).toBe('not-retryable');
  });

  it('go to one instance only, however many ask at once', async () => {
    await waiting(200);
    const ids = Array.from({ length: 8 }, (_, n) => `instance-${n}`);
    for (const id of ids) await register(id);
    const claimed = await Promise.all(ids.map((id) => claim(200, id)));
    expect(
      claimed
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(Array.from({ length: 200 }, (_, n) => `d${n + 1}`).sort());
  });
});

describe('the counters of an instance that leaves', () => {
  /** Runs a write that has found a counter and waits for its lock, until the counter is gone. */
  async function takeAwayDuring<T>(
    counter: string,
    write: () => Promise<T>,
    more: readonly string[] = [],
  ): Promise<T> {
    const session = driver.session();
    const leaving = session.beginTransaction();
    await leaving.run('MATCH (n:WebhookCounter|WebhookInstance) WHERE n.id IN $ids DELETE n', {
      ids: [counter, ...more],
    });
    const writing = write();
    await raw.whenBlocked();
    await leaving.commit();
    await session.close();
    return writing;
  }

  it('are missed by no event: it is recorded under the next id', async () => {
    const events = new EventRepository(graph);
    await raw.run(`MERGE (r:WebhookRegistry {id: 'registry'}) SET r.version = 1`);
    const record = {
      ...{
        id: 'e',
        type: 'entity.created',
        projectId: null,
        timestamp: NOW,
        body: '{}',
        bytes: 2,
        createdAt: NOW,
        dueAt: NOW,
      },
      ...{ idempotencyKey: null, fingerprint: null, traceparent: null, keepUntil: NOW, deliveries: [] },
    };
    const options = { writeId: 'x', registryVersion: 1, instanceId: 'me', patienceMs: 10_000 };
    const append = (): Promise<unknown> => events.append([record], options);
    expect(await takeAwayDuring('me:events', append, ['me'])).toEqual({ kind: 'stale' });
    expect(await raw.count('WebhookEvent')).toBe(0);
    await register('me');
    // Only the counter is gone: it is made anew at once, or by the next look.
    await takeAwayDuring('me:events', append);
    if ((await raw.count('WebhookEvent')) === 0)
      expect(await append()).toEqual({ kind: 'appended', created: 0 });
    expect(await raw.value(`MATCH (c:WebhookCounter {id: 'me:events'}) RETURN c.events`)).toBe(1);
  });

  it('are missed by no outcome: it makes a new one', async () => {
    await waiting(1);
    await claim(1);
    const ended = outcome('d1', { status: 'success', nextAttemptAt: null });
    expect(await takeAwayDuring('me:outcomes', () => recorder().write([ended]))).toBe(1);
    expect(await counters()).toMatchObject({ successes: 1 });
  });

  it('are folded into the total with what is being counted at that moment', async () => {
    const session = driver.session();
    const writing = session.beginTransaction();
    await writing.run(`MATCH (c:WebhookCounter {id: 'me:events'}) SET c.events = c.events + 5`);
    const leaving = instances.remove('me');
    await raw.whenBlocked();
    await writing.commit();
    await session.close();
    await leaving;
    expect(await raw.run('MATCH (c:WebhookCounter) RETURN c.id AS id, c.events AS events')).toEqual([
      { id: 'total', events: 5 },
    ]);
  });
});

describe('a registration', () => {
  it('is waited for at a start, although it takes longer than a heartbeat may', async () => {
    const hasty = new Neo4jGraph(driver, { database: undefined, patienceMs: 100, limitMs: 100 });
    const repository = new InstanceRepository(hasty, new SystemClock());
    const instance = { id: 'late', beat: 0, host: 'h', pid: 1, space: 's' };
    const session = driver.session();
    const transaction = session.beginTransaction();
    await transaction.run(`CREATE (:WebhookInstance {id: 'late'})`);
    const patient = repository.register(instance, 60_000);
    await expect(repository.register(instance)).rejects.toThrow('not available');
    await transaction.rollback();
    await session.close();
    await patient;
    expect(await raw.count('WebhookInstance', { id: 'late' })).toBe(1);
  });
});
