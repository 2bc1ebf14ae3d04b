import { beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/common/clock.js';
import { Application } from '../support/application.js';
import { setAppScene } from '../support/app-scene.js';
import type { Graph } from '../support/graph.js';
import { ToldEvents, type ToldEvent } from '../support/told-events.js';
import { until } from '../support/until.js';

const scene = setAppScene({
  answers: [],
  clock: () => new SystemClock(),
  env: { CAPTURE_SETTLE_MS: '1500', MAX_DELIVERIES: '1000000' },
});
const tale = new ToldEvents(scene);

describe('POST /capture/scan', () => {
  let application: Application;
  /** Writes as the application does, and nobody captures it. */
  let unseen: Application;

  const status = (): Promise<any> => scene.api.get('/capture');
  const ended = async (after: string | null): Promise<any> => {
    const isOver = async (): Promise<boolean> => {
      const { last_scan, scan_asked_at } = await status();
      return scan_asked_at === null && last_scan !== null && last_scan.finished_at !== after;
    };
    await until(isOver, 'the scan to end', 120_000);
    return (await status()).last_scan;
  };
  const scan = async (): Promise<any> => {
    const { last_scan } = await status();
    const asked = await scene.api.post('/capture/scan', undefined, 202);
    expect(asked).toMatchObject({ asked_at: expect.any(String), cannot_know: expect.any(Array) });
    return ended(last_scan?.finished_at ?? null);
  };

  beforeEach(async () => {
    tale.begin();
    application = new Application(scene.graph);
    await scene.api.createWebhook({ url: scene.receiver.url(), events: ['*'] });
    const change = (cypher: string, parameters?: Record<string, unknown>) =>
      scene.graph.run(cypher, parameters);
    unseen = new Application({ change } as Graph);
    expect(await ended(null)).toMatchObject({ is_first: true });
  });

  it('makes events of what nobody was told of, and of nothing else', async () => {
    await application.createProject('case');
    const [a, b] = (await application.createPeople('case', 2)) as [string, string];
    const c = await application.createPerson('case', { 'core.name': 'Gone', 'core.email': 'x' });
    await application.relate(a, { [b]: 'KNOWS' });
    await tale.forget();
    await unseen.setField(a, 'core.email', 'a@x');
    await unseen.relate(a, { [b]: 'FAMILY' });
    await unseen.deletePerson(c);
    const d = await unseen.createPerson('case', { 'core.name': 'New' });
    const orphan = await unseen.createOrphan('case');
    await unseen.linkOrphan(orphan, d);
    await unseen.createProject('other');
    expect(await scan()).toMatchObject({ is_first: false, found: 5 });
    const events = await tale.told();
    const whom = ({ entity_id, orphan_id, source_id, safe_name }: ToldEvent['data']): string =>
      (entity_id ?? orphan_id ?? source_id ?? safe_name) as string;
    expect(events.map(({ event, data }) => `${event} ${whom(data)}`).sort()).toEqual(
      [
        `entity.updated ${a}`,
        `relationship.updated ${a}`,
        `entity.deleted ${c}`,
        `entity.created ${d}`,
        `orphan.created ${orphan}`,
        `orphan.linked ${d}`,
        'project.created other',
      ].sort(),
    );
    expect(events.find(({ event }) => event === 'entity.deleted')).toMatchObject({
      project_id: 'case',
      data: { name: 'Gone' },
    });
    await tale.forget();
    expect(await scan()).toMatchObject({ found: 0 });
    expect(await tale.told()).toEqual([]);
  });

  it('happens by itself where a gap is known, and closes it', async () => {
    await application.createProject('case');
    await tale.told();
    const id = await unseen.createPerson('case');
    await scene.graph.run(
      "MERGE (p:WebhookCapture {id: 'plugin'}) SET p.lost = 1, p.gap_since = timestamp() - 1000, p.last_error = 'x'",
    );
    expect((await status()).gap_since).not.toBeNull();
    await until(async () => (await status()).gap_since === null, 'the gap to be closed', 120_000);
    await scene.graph.run("MATCH (p:WebhookCapture {id: 'plugin'}) REMOVE p.lost, p.last_error");
    expect((await tale.briefly()).at(-1)).toBe(`entity.created ${id}`);
  });

  it('happens by itself where a row says that something was lost, whether or not the plugin could count it', async () => {
    await application.createProject('case');
    await tale.told();
    const id = await unseen.createPerson('case');
    await scene.graph.change("CREATE (:WebhookOutbox {at: timestamp(), error: 'java.lang.Error'})");
    const isTold = async (): Promise<boolean> =>
      (await tale.briefly()).some((told) => told === `entity.created ${id}`);
    await until(isTold, 'the person to be told of', 120_000);
    await until(async () => (await status()).gap_since === null, 'the gap to be closed', 120_000);
  });

  it('happens whatever somebody wrote where its state is kept', async () => {
    await scene.graph.run(`
      MATCH (relay:WebhookRegistry {id: 'relay'})
      SET relay.last_scan = 'nonsense', relay.scan_asked_at = [5], relay.known_since = 5`);
    await scene.graph.run(`
      MERGE (p:WebhookCapture {id: 'plugin'}) SET p.lost = 'many', p.gap_since = timestamp() - 1000`);
    await scene.api.post('/capture/scan', undefined, 202);
    expect(await ended(null)).toMatchObject({ is_first: false });
    await until(async () => (await status()).gap_since === null, 'the gap to be closed', 120_000);
    await scene.graph.run("MATCH (p:WebhookCapture {id: 'plugin'}) REMOVE p.lost");
  });

  it('sees who comes after a page of those that cannot be told of', async () => {
    await scene.graph.run(
      "UNWIND range(1, 600) AS i CREATE (:Person {id: reduce(id = 'a', j IN range(1, 1100) | id + 'a') + i})",
    );
    await scene.graph.run("CREATE (:Person {id: 'zz'})");
    expect(await scan()).toMatchObject({ found: 1 });
    expect(await tale.briefly()).toEqual(['entity.created zz']);
  });

  it('is refused where nothing is captured', async () => {
    await scene.restartWith({ CAPTURE: 'off' });
    expect(await scene.api.post('/capture/scan', undefined, 400)).toMatchObject({
      detail: expect.stringContaining('CAPTURE'),
    });
    expect(await status()).toMatchObject({ state: 'off' });
  });
});

describe('rows that no plugin of ours wrote', () => {
  const emit = (properties: object): Promise<unknown> =>
    scene.graph.change('CREATE (row:WebhookOutbox) SET row = $properties', { properties });

  beforeEach(async () => {
    tale.begin();
    // What nobody gets is soon purged, and these tests count events in the graph.
    await scene.api.createWebhook({ url: scene.receiver.url(), events: ['*'] });
  });
  const made = (id: string): string => JSON.stringify([['+HAS_PERSON', 'case', id]]);

  it('stop nobody, and tell what can be told of them', async () => {
    const long = 'x'.repeat(100_000);
    const rows = [
      // Another version of the plugin: more members, unknown kinds, no change at all.
      { at: 1, v: 2, changes: JSON.stringify([['+HAS_PERSON', 'case', 'newer', null, null, null, 'more']]) },
      {
        at: 1,
        changes: JSON.stringify([
          ['*Person', 'a', 'b'],
          ['+Unheard', 'a'],
          ['+HAS_PERSON', 'case', null],
        ]),
      },
      { at: 1, changes: '[]' },
      // Keys that no index takes.
      { at: 1, changes: made(long) },
      { at: 1, changes: JSON.stringify([['+HAS_PERSON', long, 'far']]) },
      // Times that never come.
      { at: 4_102_444_800_000, changes: made('future') },
      { at: Infinity, changes: made('infinite') },
      { at: 0.5, seq: 'x', id: 7, changes: made('half') },
      { at: 1, tx: 't', parts: 9, changes: made('partial') },
      // The same id twice.
      { at: 1, id: 'twice', changes: made('one') },
      { at: 1, id: 'twice', changes: made('two') },
      // Long changes and long data, which are read apart.
      {
        at: 1,
        changes: JSON.stringify([
          ['+HAS_PERSON', 'case', 'long'],
          ['~Person', null, 'long', long],
        ]),
      },
      { event: 'search.executed', data: `{"query":"${long}"}` },
    ];
    for (const row of rows) await emit(row);
    // So much that it is split, and somebody has linked it.
    const much = [
      ['+HAS_PERSON', 'case', 'linked'],
      ...Array.from({ length: 2100 }, (_, i) => ['~Person', null, 'linked', `p${i}`]),
    ];
    await scene.graph.change(
      'CREATE (:Note)-[:ABOUT]->(row:WebhookOutbox {at: 1}) SET row.changes = $changes',
      { changes: JSON.stringify(much) },
    );
    const events = await tale.told();
    const whom = ({ data }: ToldEvent): string =>
      typeof data['entity_id'] === 'string' ? data['entity_id'] : 'search';
    expect(events.map(whom).sort()).toEqual(
      [
        'newer',
        'far',
        'future',
        'half',
        'infinite',
        'linked',
        'long',
        'one',
        'partial',
        'search',
        'two',
      ].sort(),
    );
    expect(events.find((event) => whom(event) === 'far')?.project_id).toBeNull();
    expect(events.find((event) => whom(event) === 'search')?.data['query']).toBe(long);
    expect(await scene.graph.count('WebhookOutboxRejected')).toBe(0);
    const soon = new Date(Date.now() + 86_400_000).toISOString();
    const times = await scene.graph.run('MATCH (e:WebhookEvent) RETURN e.timestamp AS time');
    expect(times.filter(({ time }) => time > soon)).toEqual([]);
  });

  it('and ask for an event with a point, a date or a duration as data make no empty one', async () => {
    await scene.graph.change(`
      UNWIND [point({x: 1, y: 2}), date('2026-01-31'), duration('P1D')] AS data
      CREATE (:WebhookOutbox {event: 'search.executed', data: data})`);
    await emit({ event: 'report.generated' });
    const isAside = async (): Promise<boolean> => (await scene.graph.count('WebhookOutboxRejected')) === 3;
    await until(isAside, 'three rows to be set aside', 60_000);
    const reasons = await scene.graph.run('MATCH (r:WebhookOutboxRejected) RETURN DISTINCT r.error AS error');
    expect(reasons).toEqual([{ error: 'data must be a JSON object' }]);
    expect((await tale.told()).map(({ event }) => event)).toEqual(['report.generated']);
  });

  it('do not make GET /capture fail', async () => {
    await scene.restartWith({ OUTBOX: 'off' });
    await emit({ at: 1e300, changes: '[]' });
    expect(await scene.api.get('/capture')).toMatchObject({ rows_waiting: 1, oldest_at: null });
  });
});
