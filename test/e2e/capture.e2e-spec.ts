import { beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/common/clock.js';
import { WebhookService, type EventType } from '../../src/index.js';
import { Application } from '../support/application.js';
import { setAppScene } from '../support/app-scene.js';
import { ToldEvents, type ToldEvent } from '../support/told-events.js';
import { until } from '../support/until.js';

/** Short, so that the tests do not wait; long enough for two steps of one action on a very busy machine. */
const SETTLE_MS = '1500';

const scene = setAppScene({
  answers: [],
  clock: () => new SystemClock(),
  // What is finished goes when there is too much of it, and these tests count events in the graph.
  env: { CAPTURE_SETTLE_MS: SETTLE_MS, MAX_DELIVERIES: '1000000' },
});

let application: Application;

beforeEach(async () => {
  tale.begin();
  application = new Application(scene.graph);
  await scene.api.createWebhook({ url: scene.receiver.url(), events: ['*'] });
});

const tale = new ToldEvents(scene);
const told = (): Promise<ToldEvent[]> => tale.told();
const toldBriefly = (): Promise<string[]> => tale.briefly();
const forget = (): Promise<void> => tale.forget();

/** Why rows were set aside, once there are so many. */
async function setAside(count: number): Promise<string[]> {
  const read = (): Promise<{ error: string }[]> =>
    scene.graph.run('MATCH (r:WebhookOutboxRejected) RETURN r.error AS error');
  await until(async () => (await read()).length === count, `${count} rows to be set aside`, 60_000);
  return (await read()).map(({ error }) => error);
}

describe('changes of the graph', () => {
  it('carry values where they are asked for, and are one event where they are to be folded', async () => {
    await scene.app.close();
    await scene.startApp({ CAPTURE_SETTLE_MS: SETTLE_MS, CAPTURE_VALUES: 'on', CAPTURE_FOLD: '2' });
    await application.createProject('case');
    const id = await application.createPerson('case', { 'core.name': 'Jane', 'core.email': 'j@x' });
    const orphan = await application.createOrphan('case', 'email', 'a@b.c');
    await application.relate(id, { [orphan]: 'KNOWS' });
    const events = new Map((await told()).map(({ event, data }) => [event, data]));
    expect(events.get('entity.created')).toMatchObject({
      values: { 'core.name': 'Jane', 'core.email': 'j@x' },
    });
    expect(events.get('relationship.created')).toMatchObject({ source_id: id, target_id: orphan });
    expect(events.get('orphan.created')).toMatchObject({ identifier_value: 'a@b.c' });
    await forget();
    const people = await application.createPeople('case', 5);
    expect(await told()).toEqual([
      expect.objectContaining({
        event: 'entity.created',
        data: { folded: true, count: 5, ids: expect.arrayContaining(people) },
      }),
    ]);
  });

  it('are one event also where they are so many that they come in several rows', async () => {
    await scene.app.close();
    await scene.startApp({ CAPTURE_SETTLE_MS: SETTLE_MS, CAPTURE_FOLD: '2' });
    await application.createProject('case');
    await forget();
    const folded = (event: string): unknown =>
      expect.objectContaining({
        ...{ event, project_id: 'case' },
        data: { folded: true, count: 10_000, ids: expect.any(Array) },
      });
    await application.createLargeCrowd('case', 10_000);
    expect(await told()).toEqual([folded('entity.created')]);
    await forget();
    await scene.graph.change('MATCH (p:Person) SET p.entity_type = "person"');
    expect(await told()).toEqual([folded('entity.updated')]);
    await forget();
    await application.deleteProject('case');
    expect(await told()).toEqual([
      folded('entity.deleted'),
      expect.objectContaining({ event: 'project.deleted' }),
    ]);
  });

  it('become one event for each action of the application', async () => {
    const uuid = await application.createProject('case', 'Case');
    await application.renameProject('case', 'The case');
    const names = [{ first: 'Jane', last: 'Roe' }];
    const id = await application.createPerson('case', { 'core.name': names, 'core.email': 'j@x' });
    expect(await told()).toEqual([
      expect.objectContaining({
        event: 'project.created',
        project_id: 'case',
        data: { project_id: uuid, safe_name: 'case', name: 'Case' },
      }),
      expect.objectContaining({
        event: 'entity.created',
        project_id: 'case',
        data: { entity_id: id, name: 'Jane Roe', project_uuid: uuid, fields: ['core.name', 'core.email'] },
      }),
    ]);
  });

  it('tell of what an entity changed, and of nothing that is as before', async () => {
    await application.createProject('case');
    const id = await application.createPerson('case', { 'core.name': 'Jane', 'core.nationality': 'FR' });
    await forget();
    await application.setField(id, 'core.name', 'Jane');
    await application.setField(id, 'core.nationality', 'IT');
    await application.setProperty(id, 'entity_type', 'person');
    await application.addFile(id, 'f-1');
    expect(await told()).toEqual([
      expect.objectContaining({
        event: 'entity.updated',
        data: expect.objectContaining({
          entity_id: id,
          name: 'Jane',
          type: 'person',
          fields: ['core.nationality', 'entity_type'],
          files: ['f-1'],
        }),
      }),
    ]);
    await forget();
    await application.setField(id, 'core.nationality', 'IT');
    expect(await told()).toEqual([]);
  });

  it('tell of relationships, whether they stand in fields or are edges', async () => {
    await application.createProject('case');
    const [a, b, c] = (await application.createPeople('case', 3)) as [string, string, string];
    await forget();
    await application.relate(a, { [b]: 'KNOWS', [c]: 'FAMILY' });
    expect((await toldBriefly()).sort()).toEqual(
      [`relationship.created ${a} ${b}`, `relationship.created ${a} ${c}`].sort(),
    );
    await forget();
    await application.relate(a, { [b]: 'FRIEND' });
    await application.tag(b, c, 'PARENT_OF');
    expect(await toldBriefly()).toEqual([
      `relationship.updated ${a} ${b}`,
      `relationship.deleted ${a} ${c}`,
      `relationship.created ${b} ${c}`,
    ]);
    await forget();
    await application.deletePerson(a);
    expect(await toldBriefly()).toEqual([`relationship.deleted ${a} ${b}`, `entity.deleted ${a}`]);
  });

  it('tell of orphans and their links', async () => {
    await application.createProject('case');
    const person = await application.createPerson('case');
    await forget();
    const orphan = await application.createOrphan('case');
    await application.linkOrphan(orphan, person);
    expect(await told()).toEqual([
      expect.objectContaining({
        event: 'orphan.created',
        project_id: 'case',
        data: expect.objectContaining({ orphan_id: orphan, identifier_type: 'email' }),
      }),
      expect.objectContaining({
        event: 'orphan.linked',
        data: expect.objectContaining({ orphan_id: orphan, entity_id: person }),
      }),
    ]);
    await forget();
    await application.linkOrphan(orphan, person);
    await application.deleteOrphan(orphan);
    expect(await told()).toEqual([]);
  });

  it('tell of everybody whom a project takes along, and of the project last', async () => {
    await application.createProject('case');
    const people = await application.createPeople('case', 20);
    expect((await toldBriefly()).slice(1).sort()).toEqual(people.map((id) => `entity.created ${id}`).sort());
    await forget();
    await application.deleteProject('case');
    const briefly = await toldBriefly();
    expect(briefly.at(-1)).toBe('project.deleted case');
    expect(briefly.slice(0, -1).sort()).toEqual(people.map((id) => `entity.deleted ${id}`).sort());
  });

  it('are told once by writers side by side', async () => {
    await application.createProject('case');
    const writers = Array.from({ length: 8 }, async () => {
      const ids: string[] = [];
      for (let i = 0; i < 200; i++) ids.push(await application.createPerson('case'));
      return ids;
    });
    const ids = (await Promise.all(writers)).flat();
    expect(ids).toHaveLength(1600);
    expect((await toldBriefly()).slice(1).sort()).toEqual(ids.map((id) => `entity.created ${id}`).sort());
  });

  it('of a large transaction are each told once, with its project', async () => {
    await application.createProject('case');
    await forget();
    const people = await application.createLargeCrowd('case', 3000);
    expect((await toldBriefly()).sort()).toEqual(people.map((id) => `entity.created ${id}`).sort());
    await forget();
    await application.deleteProject('case');
    const events = await told();
    expect(events.map(({ event }) => event).sort()).toEqual(
      [...people.map(() => 'entity.deleted'), 'project.deleted'].sort(),
    );
    expect(events.filter(({ project_id }) => project_id !== 'case')).toEqual([]);
  });

  it('are understood whatever else somebody does to the graph', async () => {
    const { graph } = scene;
    await application.createProject('case');
    const [a, b, c] = (await application.createPeople('case', 3)) as [string, string, string];
    await forget();
    await graph.change(
      `MATCH (p:Person {id: $a}) SET p.place = point({x: 1, y: 2}), p.lasts = duration('P1D'), p.list = [1, 2],
       p.on = date('2026-01-31'), p.nan = 0.0 / 0, p.bytes = null`,
      { a },
    );
    // Gone and there again under the same id, by one transaction.
    await graph.change(
      `MATCH (project:Project)-[:HAS_PERSON]->(p:Person {id: $b}) OPTIONAL MATCH (p)-[:HAS_FIELD_VALUE]->(f)
       DETACH DELETE p, f CREATE (project)-[:HAS_PERSON]->(:Person {id: $b})`,
      { b },
    );
    // Another label, and a node that is a person for a moment.
    await graph.change('MATCH (p:Person {id: $c}) REMOVE p:Person SET p:Organisation', { c });
    await graph.change("CREATE (n:Place {id: 'x'}) SET n:Person REMOVE n:Person");
    const briefly = await toldBriefly();
    expect(briefly.filter((event) => !event.endsWith(c))).toEqual([
      `entity.updated ${a}`,
      `entity.deleted ${b}`,
      `entity.created ${b}`,
    ]);
    const [updated] = await told();
    expect(updated?.data['fields']).toEqual(expect.arrayContaining(['place', 'lasts', 'list', 'on', 'nan']));
  });

  it('are of the project as it is called when they are told', async () => {
    await application.createProject('case');
    const id = await application.createPerson('case');
    await forget();
    await application.setProperty(id, 'entity_type', 'person');
    await scene.graph.change("MATCH (p:Project {safe_name: 'case'}) SET p.safe_name = 'closed'");
    expect(await told()).toEqual([
      expect.objectContaining({ event: 'entity.updated', project_id: 'closed' }),
    ]);
  });

  it('wait while the service is away', async () => {
    await scene.app.close();
    await application.createProject('case');
    const id = await application.createPerson('case', { 'core.name': 'Jane' });
    await application.setField(id, 'core.name', 'Joan');
    await scene.startApp();
    expect(await told()).toEqual([
      expect.objectContaining({ event: 'project.created' }),
      expect.objectContaining({ event: 'entity.created', data: expect.objectContaining({ name: 'Joan' }) }),
    ]);
  });

  it('reach only the webhooks of their project', async () => {
    await scene.api.createWebhook({ url: scene.receiver.url('/mine'), events: ['*'], project_id: 'case' });
    await scene.api.createWebhook({ url: scene.receiver.url('/other'), events: ['*'], project_id: 'other' });
    await application.createProject('case');
    await until(() => scene.receiver.requests.length >= 2, 'two requests');
    await told();
    expect(scene.receiver.requests.map(({ path }) => path)).not.toContain('/other');
  });
});

describe('nodes that ask for an event', () => {
  /** All in one transaction: the relay takes none of them alone. */
  const emit = (...rows: object[]): Promise<unknown> =>
    scene.graph.change('UNWIND $rows AS properties CREATE (row:WebhookOutbox) SET row = properties', {
      rows,
    });

  it('become events, in the order of their times', async () => {
    await emit(
      { event: 'search.executed', project_id: 'case', data: '{"query": "x", "n": 1.50}', at: 2 },
      { event: 'report.generated', at: 1, timestamp: '2026-01-31T12:00:00Z' },
    );
    const events = await told();
    expect(events).toEqual([
      { event: 'report.generated', timestamp: '2026-01-31T12:00:00Z', project_id: null, data: {} },
      expect.objectContaining({ event: 'search.executed', project_id: 'case', data: { query: 'x', n: 1.5 } }),
    ]);
    const body = await scene.graph.value("MATCH (e:WebhookEvent {type: 'search.executed'}) RETURN e.body");
    expect(body).toContain('"data":{"query": "x", "n": 1.50}');
  });

  it('with an id are one event, however often they are written', async () => {
    const row = { event: 'search.executed', id: 'search-1', data: '{"n":1}' };
    await emit(row);
    await told();
    await emit(row);
    await emit({ ...row, data: '{"n":2}' });
    expect(await told()).toHaveLength(1);
    expect(await setAside(1)).toEqual([expect.stringContaining("id 'search-1' was used for another event")]);
  });

  it.each([
    [{ event: 'search.exploded' }, 'Invalid event type: search.exploded'],
    [{ event: 7 }, 'event must be a string'],
    [{ event: 'search.executed', data: '[1]' }, 'data must be a JSON object'],
    [{ event: 'search.executed', data: '{"a"' }, 'data must be JSON text'],
    [{ event: 'search.executed', data: 5 }, 'data must be a JSON object'],
    [{ event: 'search.executed', project_id: 5 }, 'project_id must be a string'],
    [{ event: 'search.executed', timestamp: 'yesterday' }, 'timestamp must be an RFC 3339 time'],
    [{ event: 'search.executed', id: 'with space' }, 'id must be 1 to 128 visible'],
    [{ at: 5, changes: '{not json' }, 'changes cannot be read'],
    [{ at: 5, changes: '[7]' }, 'changes cannot be read'],
    [{ nonsense: true }, 'neither an event nor changes'],
    [{ at: 'five', changes: '[]' }, 'neither an event nor changes'],
    [{ at: -1, changes: '[]' }, 'neither an event nor changes'],
    [{ at: NaN, changes: '[]' }, 'neither an event nor changes'],
    [{ at: [5], changes: '[]' }, 'neither an event nor changes'],
    [{ at: 5, changes: ['[]'] }, 'neither an event nor changes'],
    [{ at: 5, changes: 7 }, 'changes cannot be read'],
    [{ at: 5, changes: '['.repeat(100_000) }, 'changes cannot be read'],
    [
      { event: 'search.executed', data: `{"a":"${'x'.repeat(1_048_576)}"}` },
      'data must be at most 1048576 bytes',
    ],
    [
      { event: 'search.executed', data: `{"a":"${'é'.repeat(700_000)}"}` },
      'data must be at most 1048576 bytes',
    ],
    [{ event: 'search.executed', data: ['{}'] }, 'data must be a JSON object'],
    [{ at: 5, error: 'java.lang.RuntimeException' }, 'a change was lost: java.lang.RuntimeException'],
  ])('that are %j are set aside with their reason, and stop nobody', async (properties, reason) => {
    await emit(properties);
    await emit({ event: 'report.generated' });
    expect(await told()).toEqual([expect.objectContaining({ event: 'report.generated' })]);
    expect(await setAside(1)).toEqual([expect.stringContaining(reason)]);
  });
});

describe('an event in a transaction of the caller', () => {
  const service = (): WebhookService => scene.app.get(WebhookService);

  it('is sent when that is committed, and never when it is rolled back', async () => {
    const timestamp = '2026-01-31T12:00:00Z';
    await scene.graph.inTransaction(async (transaction) => {
      const given = { projectId: 'case', data: { n: 1 }, timestamp, id: 'kept', transaction };
      expect(await service().sendEvent('search.executed', given)).toEqual({
        eventId: 'kept',
        deliveryIds: [],
      });
    });
    const rolledBack = scene.graph.inTransaction(async (transaction) => {
      await service().sendEvent('report.generated', { transaction });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await told()).toEqual([
      { event: 'search.executed', timestamp, project_id: 'case', data: { n: 1 } },
    ]);
    expect(await scene.graph.value('MATCH (e:WebhookEvent) RETURN e.id')).toBe('kept');
  });

  it('is refused before anything is written', async () => {
    await scene.graph.inTransaction(async (transaction) => {
      const refused = (event: string, options: object): Promise<unknown> =>
        service().sendEvent(event as EventType, { ...options, transaction });
      await expect(refused('search.exploded', {})).rejects.toThrow('Invalid event type');
      await expect(refused('search.executed', { idempotencyKey: 'k' })).rejects.toThrow('give an id');
    });
    expect(await scene.graph.count('WebhookOutbox')).toBe(0);
  });
});

describe('GET /capture', () => {
  it('tells who captures, and what was set aside', async () => {
    // Wiping spares what the plugin remembers, and another file may have tried what happens without it.
    await scene.graph.run("MATCH (p:WebhookCapture {id: 'plugin'}) REMOVE p.last_error, p.gap_since");
    await scene.graph.change("CREATE (:WebhookOutbox {event: 'none'})");
    await setAside(1);
    const isScanned = async (): Promise<boolean> => (await scene.api.get('/capture')).last_scan !== null;
    await until(isScanned, 'the first scan', 60_000);
    expect(await scene.api.get('/capture')).toEqual({
      state: 'active',
      writer: 'plugin',
      rows_waiting: 0,
      oldest_at: null,
      rejected: 1,
      last_error: null,
      gap_since: null,
      scan_asked_at: null,
      last_scan: expect.anything(),
    });
    const together = await Promise.all(Array.from({ length: 20 }, () => scene.api.get('/capture')));
    expect(together.filter(({ state }) => state !== 'active')).toEqual([]);
    expect((await scene.api.get('/info')).capture).toEqual({ state: 'active', writer: 'plugin' });
  });
});
