import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apocJars, APOC_SETTING, HAS_MAVEN, prepareApoc } from '../support/apoc.js';
import { Application } from '../support/application.js';
import { Graph } from '../support/graph.js';
import { Neo4jProcess } from '../support/neo4j-process.js';
import { payloadErrors } from '../support/payloads.js';
import { Receiver } from '../support/receiver.js';
import { ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

const TOLD = 'MATCH (e:WebhookEvent) WHERE e.id > $after RETURN e.id AS id, e.body AS body ORDER BY e.id';
const MINUTES = 60_000;

let neo4j: Neo4jProcess;
let graph: Graph;
let service: ServiceProcess;
let application: Application;
let receiver: Receiver;
/** None of what was told is evicted. */
const SETTINGS = { MAX_DELIVERIES: '1000000' };
let forgotten = '';

/** However far apart its steps are on a slow machine: the service finds all of an action when it looks again. */
async function atOnce<T>(action: () => Promise<T>): Promise<T> {
  service.signal('SIGSTOP');
  try {
    return await action();
  } finally {
    service.signal('SIGCONT');
  }
}

/** What was told since the last time, with what tells it apart. */
async function told(): Promise<string[]> {
  await until(async () => (await graph.count('WebhookOutbox')) === 0, 'the outbox to be empty', MINUTES);
  // The count may be there before the rest of that commit: the relay's lock is given back when all of it is.
  await graph.run("MERGE (relay:WebhookRegistry {id: 'relay'}) SET relay.locked = true");
  const rows: { id: string; body: string }[] = await graph.run(TOLD, { after: forgotten });
  forgotten = rows.at(-1)?.id ?? forgotten;
  return rows.map(({ body }) => {
    const { event, data } = JSON.parse(body);
    expect(payloadErrors(event, data)).toEqual([]);
    const { source_id, target_id, entity_id, orphan_id, safe_name } = data;
    return [event, source_id ?? orphan_id ?? entity_id ?? safe_name, target_id].filter(Boolean).join(' ');
  });
}

const triggers = (): Promise<any[]> => graph.run('CALL apoc.trigger.list() YIELD name RETURN name');
const capture = (): Promise<any> => service.api('GET', '/capture');

async function serviceWith(capture: string): Promise<void> {
  await service.end('SIGTERM');
  service = await ServiceProcess.start(neo4j.connection, { CAPTURE: capture, ...SETTINGS });
}

(HAS_MAVEN ? describe : describe.skip)('CAPTURE=apoc', () => {
  beforeAll(async () => {
    const jars = await apocJars();
    neo4j = await Neo4jProcess.start(jars);
    await neo4j.shutDown();
    prepareApoc(neo4j.directory, jars, false);
    await neo4j.restart(APOC_SETTING);
    graph = Graph.open(neo4j.connection);
    application = new Application(graph);
    service = await ServiceProcess.start(neo4j.connection, { CAPTURE: 'apoc', ...SETTINGS });
    receiver = await Receiver.start([]);
    // An event that nobody gets is removed again soon.
    await service.api('POST', '/webhooks', { name: 'all', url: receiver.url(), events: ['*'] });
  }, 10 * MINUTES);
  afterAll(async () => {
    await service.end('SIGKILL');
    await receiver.close();
    await graph.close();
    await neo4j.remove();
  }, MINUTES);

  it(
    'says what to do where triggers are off, and where they are on captures as the plugin does',
    async () => {
      expect(service.output).toContain('apoc.trigger.enabled=true in conf/apoc.conf');
      expect(service.output).toContain('CAPTURE=off');
      expect(await capture()).toMatchObject({ state: 'inactive', writer: null });
      await service.end('SIGTERM');
      await neo4j.shutDown();
      prepareApoc(neo4j.directory, [], true);
      await neo4j.restart(APOC_SETTING);
      await service.start();
      expect(await triggers()).toEqual([{ name: 'basset-capture' }]);
      expect(await capture()).toMatchObject({ state: 'active', writer: 'apoc' });

      const [a = '', b = ''] = await atOnce(async () => {
        await application.createProject('case');
        return application.createPeople('case', 2);
      });
      expect((await told()).sort()).toEqual(
        ['project.created case', `entity.created ${a}`, `entity.created ${b}`].sort(),
      );
      await atOnce(async () => {
        await application.setField(a, 'core.name', 'X');
        await application.setField(a, 'core.email', 'a@x');
        await application.setProperty(b, 'entity_type', 'person');
      });
      expect((await told()).sort()).toEqual([`entity.updated ${a}`, `entity.updated ${b}`].sort());
      await atOnce(async () => {
        await application.relate(a, { [b]: 'KNOWS' });
        await application.tag(b, a, 'PARENT_OF');
      });
      expect((await told()).sort()).toEqual(
        [`relationship.created ${a} ${b}`, `relationship.created ${b} ${a}`].sort(),
      );
      const orphan = await atOnce(async () => {
        const created = await application.createOrphan('case');
        await application.linkOrphan(created, b);
        await application.addFile(b, 'f-1');
        return created;
      });
      expect((await told()).sort()).toEqual(
        [`orphan.created ${orphan}`, `orphan.linked ${orphan}`, `entity.updated ${b}`].sort(),
      );
      await atOnce(async () => {
        await application.deleteOrphan(orphan);
        await application.deletePerson(a);
      });
      expect((await told()).sort()).toEqual(
        [`relationship.deleted ${a} ${b}`, `relationship.deleted ${b} ${a}`, `entity.deleted ${a}`].sort(),
      );
      await atOnce(() => application.deleteProject('case'));
      expect(await told()).toEqual([`entity.deleted ${b}`, 'project.deleted case']);
    },
    8 * MINUTES,
  );

  it(
    'makes many events of a large transaction, in parts, each once',
    async () => {
      await application.createProject('large');
      await application.createLargeCrowd('large', 5000);
      const events = (await told()).filter((event) => event.startsWith('entity.created person-'));
      expect(events).toHaveLength(5000);
      expect(new Set(events).size).toBe(5000);
    },
    4 * MINUTES,
  );

  it(
    'leaves nothing behind with CAPTURE=off',
    async () => {
      await serviceWith('off');
      expect(await triggers()).toEqual([]);
      await application.createProject('unseen');
      expect(await graph.count('WebhookOutbox')).toBe(0);
      expect(await capture()).toMatchObject({ state: 'off' });
    },
    4 * MINUTES,
  );
});
