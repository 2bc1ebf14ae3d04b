import { beforeAll, describe, expect, it } from '@jest/globals';
import { CLAIM } from '../../src/delivery/queue/work.cypher.js';
import { RELEASE_CLAIMS, REMOVE_INSTANCE } from '../../src/delivery/queue/instance.cypher.js';
import { ConstraintViolationError } from '../../src/neo4j/graph-errors.js';
import { cypherConstants, writes } from '../support/cypher-constants.js';
import { setGraphScene } from '../support/graph-scene.js';
import { breaches, miscounted } from '../support/invariant.js';

const DUE = '2026-01-01T00:00:00.000Z';
const NOW = '2026-01-01T00:01:00.000Z';
/** Wiping keeps the records of migrations, so this one is removed in the end. */
const TRIED_MIGRATION = '000-tried.cypher';
const IDS = ['waits', 'waits-for-retry', 'mine', 'mine-retried', 'theirs', 'done', 'failed'];

type Parameters = Record<string, unknown>;

/** How a write statement is tried. */
interface Case {
  /** One run for each. */
  readonly runs: readonly Parameters[];
  /** What must be so before it is run. */
  readonly arrange?: string;
  /** It leaves events without deliveries or the like, until its counterpart has run. */
  readonly miscounts?: boolean;
}

const forEach = (parameters: (id: string) => Parameters): Case => ({ runs: IDS.map(parameters) });
const once = (parameters: Parameters = {}): Case => ({ runs: [parameters] });
const own = { instance: 'me', counter: 'me:outcomes' };
const event = (id: string, claimed: boolean): unknown[] => {
  const deliveries = [[`${id}-d`, 'w', claimed]];
  return [id, 'entity.created', null, NOW, '{}', NOW, deliveries, NOW, 2, []];
};
const append = (id: string, claimed: boolean, version: number | null): Parameters => ({
  ...{ instance: 'me', counter: 'me:events', version, now: NOW, event_count: 1 },
  ...{ events: [event(id, claimed)], webhooks: [['w', 1]] },
});
const outcome = (id: string, status: string): Parameters => ({
  counter: 'me:outcomes',
  rows: [
    [
      ...[id, 'w', 'me', status, 2, status === 'retrying' ? 'w' : null, status === 'retrying' ? NOW : null],
      ...['HTTP 500', [[NOW, 1, 500, '']], status === 'success' ? 1 : 0, status === 'failed' ? 1 : 0, 1, NOW],
    ],
  ],
});

/** Every statement that writes has one: what it is tried with as the instance `me`. */
const CASES: Readonly<Record<string, Case>> = {
  ADD_ACTIVITY: once({
    rows: [
      {
        ...{
          id: 'w/2026-01-01T00:00:00.000Z',
          webhook_id: 'w',
          from: DUE,
          succeeded: 1,
          failed: 0,
          attempts: 1,
        },
        ...{
          duration_ms: 5,
          answered_2xx: 1,
          answered_3xx: 0,
          answered_4xx: 0,
          answered_5xx: 0,
          unanswered: 0,
        },
      },
    ],
  }),
  APPEND_EVENTS: {
    runs: [append('new', true, 7), append('late', true, null), append('queued', false, null)],
  },
  ASK_FOR_SCAN: once({ now: NOW }),
  BACKLOG_ENDED: once({ webhook_id: 'w', generation: 1 }),
  APPEND_FROM_OUTBOX: {
    runs: [{ ...append('new', true, 7), rows: [], known: [['entity:x', '{}']], gone: ['entity:y'] }],
    arrange: "MERGE (:WebhookRegistry {id: 'relay'})",
  },
  BEAT: once({ id: 'me', work: 1 }),
  BEGIN_RECOVERY: once({ id: 'w' }),
  BURY_INSTANCE: once({ id: 'me', beat: 3 }),
  CLAIM: once({ instance: 'me', claims: IDS.map((id) => ({ id, read: true })), now: NOW }),
  CLAIM_FOR_RETRY: forEach((id) => ({ ...own, id, claim: `claim-${id}` })),
  CLEAR_BATCH: { runs: [{ limit: 1000 }], miscounts: true },
  CLEAR_WEBHOOKS: {
    runs: [{}],
    arrange: 'MATCH (n:WebhookAttempt|WebhookDelivery|WebhookEvent) DETACH DELETE n',
  },
  COUNT_ANEW: {
    runs: [{ id: 'w', now: DUE, settled: NOW, most: 100 }],
    arrange: 'MATCH (tally:WebhookTally) DELETE tally',
  },
  COUNTER: once({ counter: 'me:outcomes' }),
  CREATE_WEBHOOK: once({
    id: 'w-new',
    properties: { url: 'https://example.com/', project_id: 'case_7', created_at: NOW },
    key: 'k',
    creation: 's',
    forgotten: DUE,
  }),
  CREATE_LOCK_CONSTRAINT: once(),
  DEACTIVATE_FAILING: once({ id: 'w', cause: 'failing', before: NOW, failures: 0, now: NOW, call: 'c' }),
  DEACTIVATE_ORPHANS: {
    runs: [{ cause: 'project_deleted', reason: 'gone', now: NOW, call: 'c' }],
    arrange: 'MATCH (project:Project) DETACH DELETE project',
  },
  DEACTIVATE_WEBHOOK: once({ id: 'w', cause: 'gone', reason: '410', now: NOW, call: 'c' }),
  DELETE_WEBHOOK: once({ id: 'w', now: NOW, revisions: ['r'] }),
  SET_THE_STAGE: once({ instance: 'stage', webhook: 'w-stage' }),
  END_OUTAGE: once({ id: 'w', call: 'c' }),
  END_PAUSE: once({ id: 'w' }),
  END_RECOVERY: once({ id: 'w', since: DUE }),
  END_SCAN: {
    runs: [{ scan: '{}', now: NOW, lost: 0, gap_since: 1 }],
    arrange: "MERGE (:WebhookRegistry {id: 'relay'})",
  },
  END_UNREADABLE: {
    // The elements are only known when the fixture is there.
    runs: IDS.map((id) => ({ ...own, unreadable: [[`element of ${id}`, 'spoiled']] })),
  },
  END_WAITING: once({
    ...{ counter: 'total', webhook_id: 'w', generation: 1, deleted: false },
    ...{ reason: 'webhook is inactive', after: '', limit: 100 },
  }),
  EVICT_BEFORE: once({ webhook_id: 'w', before: NOW, limit: 100, missed_from: '~' }),
  EVICT_OLDEST: once({ webhook_id: 'w', limit: 100, missed_from: '~' }),
  FOLLOW_PROJECTS: {
    runs: [{}],
    arrange: `CREATE (:Project {id: 'p-2', safe_name: 'later'}) CREATE (:Webhook {id: 'w-2', project_id: 'later'})`,
  },
  FORGET_ACTIVITY: once({ before: NOW, limit: 100 }),
  FORGET_REJECTED: once({ keep: 1 }),
  FORGET_DELETED: once({ webhook_id: 'w' }),
  FORGET_CREATIONS: once({ before: NOW }),
  FORGET_EXPIRED_SECRETS: once({ now: NOW }),
  GIVE_BACK: forEach((id) => ({ ids: [id], instance: 'me', now: NOW })),
  GIVE_BACK_LOCK: once({ holder: 'h' }),
  LOAD_TARGETS: once(),
  MARK_GAP: once(),
  MARK_DEACTIVATION_TOLD: once({ id: 'w', at: NOW }),
  MARK_FAILING_TOLD: once({ id: 'w', since: DUE, now: NOW }),
  MARK_RECOVERY_TOLD: once({ id: 'w', since: DUE }),
  MEND_COUNTS: once({ counter: 'me:outcomes', webhook_id: 'w' }),
  MISSED_PLUGIN: once(),
  PROBE_OUTAGE: {
    runs: [{ ...own, webhook_id: 'w', after: '', since: DUE, tried_before: NOW, now: NOW }],
    arrange: `MATCH (d:WebhookDelivery {id: 'failed'}) SET d.recovery = 'due', d.last_attempt_at = '2026-01-01T00:00:00.000Z'
      WITH d MATCH (w:Webhook) SET w.max_retries = 3`,
  },
  EMIT_EVENT: once({ row: { id: 'e', event: 'entity.created' } }),
  PROBE_PLUGIN: once({ question: 'q' }),
  PURGE_EVENTS: once({ now: NOW, limit: 100 }),
  RECORD_MIGRATION: once({ id: TRIED_MIGRATION, now: NOW, checksum: 'c' }),
  REGISTER_INSTANCE: once({ id: 'me', beat: 0, host: 'h', pid: 1, space: 's', now: NOW }),
  REJECT_ROWS: once({ rows: [['4:x:1', 'r', 'because']], now: NOW }),
  RELEASE_CLAIMS: once({ id: 'me', now: NOW, limit: 100 }),
  RELEASE_DELIVERIES: forEach((id) => ({ claims: [{ id, attempts: 0 }], instance: 'me', now: NOW })),
  REMOVE_INSTANCE: {
    runs: [{ id: 'me' }],
    arrange: `MATCH (d:WebhookDelivery {claimed_by: 'me'})
      SET d.claimed_by = null, d.status = 'pending', d.queue = 'w'`,
  },
  REPLACE_SEALED: once({ rows: [{ id: 'w', secret: 'a', new_secret: 'b' }] }),
  REQUEUE_FAILED: once({
    ...own,
    webhook_id: 'w',
    after: '',
    limit: 100,
    since: null,
    until: null,
    by_itself: false,
  }),
  REQUEUE_STRAYS: {
    runs: [{ ids: IDS, now: NOW }],
    arrange: `MATCH (d:WebhookDelivery) WHERE d.id IN ['waits', 'mine'] REMOVE d.queue, d.claimed_by`,
  },
  ROTATE_SECRET: once({ id: 'w', secret: 'b', until: NOW, now: NOW, revision: 's', revisions: ['r'] }),
  SAVE_KNOWN: once({ known: [['entity:x', '{}']] }),
  SAW_PLUGIN: once(),
  SPLIT_ROWS: {
    runs: [{ rows: [['4:x:1', 'r', ['[]']]] }],
    arrange: "CREATE (:WebhookOutbox {id: 'r', at: 1, changes: '[]'})",
  },
  TAKE_UP_OUTAGE: once({ id: 'w', call: 'c' }),
  TAKE_LOCK: once({ holder: 'h', term: 1 }),
  TAKE_RELAY: once({ instance: 'me' }),
  UPDATE_WEBHOOK: once({
    id: 'w',
    properties: { active: false, project_id: 'case_7', revision: 's' },
    revisions: ['r'],
  }),
  WRITE_FIRST_SUCCESSES: {
    runs: IDS.map((id) => ({ counter: 'me:outcomes', claimer: 'me', rows: [[id, NOW, 1, 200, 'ok']] })),
  },
  WRITE_FOUND: once({ changes: ['[]'] }),
  WRITE_OUTCOMES: {
    runs: IDS.flatMap((id) => ['success', 'failed', 'retrying'].map((status) => outcome(id, status))),
  },
};

const FIXTURE = `
CREATE (:WebhookRegistry {id: 'registry', version: 7})
CREATE (project:Project {id: 'p-1', safe_name: 'case_7'})
CREATE (project)-[:HAS_WEBHOOK]->(w:Webhook {id: 'w', url: 'https://example.com/', active: true,
  events: ['*'], secret: 'a', revision: 'r', delivery_count: 7, project_id: 'case_7', project_linked: true})
CREATE (:WebhookTally {id: 'w', successes: 1, failures: 1, kept: 2, kept_successes: 1, failing_since: $due,
  failed_deliveries: 1, lost_since: $due, told_since: $due})
CREATE (:WebhookInstance {id: 'me', beat: 3, host: 'h', pid: 1})
CREATE (:WebhookInstance {id: 'other', beat: 3, host: 'h', pid: 2})
CREATE (:WebhookCounter {id: 'total', events: 7, deliveries: 7, successes: 1, failures: 1, retried: 0})
WITH w
UNWIND ['me:events', 'me:outcomes', 'other:events', 'other:outcomes'] AS counter
CREATE (:WebhookCounter {id: counter, events: 0, deliveries: 0, successes: 0, failures: 0, retried: 0})
WITH DISTINCT w
UNWIND [
  ['waits', 'pending', 0, 'w', null], ['waits-for-retry', 'retrying', 1, 'w', null],
  ['mine', 'sending', 0, null, 'me'], ['mine-retried', 'sending', 1, null, 'me'],
  ['theirs', 'sending', 0, null, 'other'], ['done', 'success', 1, null, null], ['failed', 'failed', 1, null, null]
] AS row
CREATE (w)-[:HAS_DELIVERY]->(d:WebhookDelivery {id: row[0], webhook_id: 'w', event_id: 'e-' + row[0],
  event: 'entity.created', status: row[1], attempts: row[2], attempt_base: 0, queue: row[3], claimed_by: row[4],
  created_at: $due, next_attempt_at: CASE WHEN row[1] IN ['success', 'failed'] THEN null ELSE $due END})
  <-[:TRIGGERED]-(:WebhookEvent {id: 'e-' + row[0], body: '{}', created_at: $due})
FOREACH (n IN range(1, row[2]) | CREATE (d)-[:HAS_ATTEMPT]->(:WebhookAttempt {id: row[0] + ':' + n}))
`;

const { graph, raw } = setGraphScene((left) =>
  left.run('MATCH (m:WebhookSchemaMigration {id: $id}) DELETE m', { id: TRIED_MIGRATION }),
);

async function arrange({ arrange: more }: Case): Promise<void> {
  await raw.wipe();
  await raw.run(FIXTURE, { due: DUE });
  if (more) await raw.run(more);
}

/** Elements are named by the id of their delivery in the cases. */
async function resolved(parameters: Parameters): Promise<Parameters> {
  const [[name, reason] = []] = (parameters['unreadable'] ?? []) as string[][];
  const id = /^element of (.*)$/.exec(name ?? '')?.[1];
  if (id === undefined) return parameters;
  const [row] = await raw.run('MATCH (d:WebhookDelivery {id: $id}) RETURN elementId(d) AS element', { id });
  return { ...parameters, unreadable: row ? [[row.element, reason]] : [] };
}

/** A repetition may meet what the first run has created. */
async function run(cypher: string, parameters: Parameters): Promise<void> {
  await graph.write(cypher, await resolved(parameters)).catch((error: unknown) => {
    if (!(error instanceof ConstraintViolationError)) throw error;
  });
}

/** The other instance takes over what `me` has claimed, and perhaps all that is due. */
async function takeOver(claims: boolean): Promise<void> {
  await graph.write(RELEASE_CLAIMS, { id: 'me', now: NOW, limit: 1000 });
  await graph.write(REMOVE_INSTANCE, { id: 'me' });
  const all = IDS.map((id) => ({ id, read: false }));
  if (claims) await graph.write(CLAIM, { instance: 'other', claims: all, now: NOW });
}

const deliveries = (): Promise<any[]> => raw.run('MATCH (d:WebhookDelivery) RETURN d ORDER BY d.id');
const theirs = (): Promise<any[]> =>
  raw.run(`MATCH (d:WebhookDelivery {claimed_by: 'other'}) RETURN d.id AS id ORDER BY id`);

async function expectNothingLost(how: string, { miscounts = false }: Case): Promise<void> {
  expect({ how, breaches: await breaches(raw) }).toEqual({ how, breaches: [] });
  if (!miscounts) expect({ how, miscounted: await miscounted(raw) }).toEqual({ how, miscounted: 0 });
}

describe('every statement that writes', () => {
  it('is tried here', async () => {
    const writing = (await cypherConstants()).filter(([, cypher]) => writes(cypher)).map(([name]) => name);
    expect(writing.sort()).toEqual(Object.keys(CASES).sort());
  });
});

describe.each(Object.keys(CASES))('%s leaves each delivery finished, queued or claimed', (name) => {
  const one = CASES[name] as Case;
  let cypher: string;

  beforeAll(async () => {
    cypher = (await cypherConstants()).find(([known]) => known === name)![1];
  });

  it('when it is run twice, and the second time changes nothing', async () => {
    await arrange(one);
    for (const [n, parameters] of one.runs.entries()) {
      await run(cypher, parameters);
      await expectNothingLost(`run ${n}, once`, one);
      const after = await deliveries();
      await run(cypher, parameters);
      await expectNothingLost(`run ${n}, twice`, one);
      expect(await deliveries()).toEqual(after);
    }
  });

  it.each([false, true])('when it comes after a takeover (claimed anew: %s)', async (claimed) => {
    await arrange(one);
    await takeOver(claimed);
    const before = await theirs();
    for (const [n, parameters] of one.runs.entries()) {
      await run(cypher, parameters);
      await expectNothingLost(`run ${n}, late`, one);
    }
    const left = new Set((await deliveries()).map(({ d }) => d.id));
    expect(await theirs()).toEqual(before.filter(({ id }) => left.has(id)));
  });

  it('when it is repeated after a takeover', async () => {
    await arrange(one);
    for (const parameters of one.runs) await run(cypher, parameters);
    await takeOver(true);
    for (const [n, parameters] of one.runs.entries()) {
      await run(cypher, parameters);
      await expectNothingLost(`run ${n}, repeated`, one);
    }
  });
});
