import { beforeEach, describe, expect, it } from '@jest/globals';
import neo4j from 'neo4j-driver';
import { SystemClock } from '../../src/common/clock.js';
import { EndpointIndex } from '../../src/delivery/endpoints/endpoint-index.js';
import { EndpointRepository } from '../../src/delivery/endpoints/endpoint.neo4j.repository.js';
import type { Endpoint } from '../../src/delivery/model/endpoint.js';
import type { EventRecord, NewDelivery } from '../../src/delivery/model/event-record.js';
import type { CredentialOpener } from '../../src/delivery/sending/secret-cipher.js';
import { EventRepository } from '../../src/events/event.neo4j.repository.js';
import { setGraphScene } from '../support/graph-scene.js';

const { graph, raw } = setGraphScene();
const events = new EventRepository(graph);
const opener = { open: () => ({}) } as unknown as CredentialOpener;
const endpoints = new EndpointRepository(graph, opener, new SystemClock());

const NOW = '2026-01-01T00:00:00.000Z';
/** What the webhooks were matched at; `w` has changed since then, `known` has not. */
const [READ, CHANGED] = [5, 7];
const WEBHOOK = {
  ...{ url: 'https://example.com/', name: 'w', max_retries: 1, initial_delay: 1, max_delay: 1 },
  ...{ backoff_multiplier: 2, project_id: null, events: ['entity.created'], active: true },
};

async function given(changed: object = {}, label = 'Webhook'): Promise<void> {
  await raw.run('MATCH (w:Webhook|DeletedWebhook) DELETE w');
  await raw.run(
    `UNWIND $webhooks AS one CREATE (w:${label} {id: one.id})
     SET w += one, w.registry_version = toInteger(one.registry_version)`,
    {
      webhooks: [
        { ...WEBHOOK, ...changed, id: 'w', registry_version: CHANGED },
        { ...WEBHOOK, id: 'known', registry_version: READ },
      ],
    },
  );
}

beforeEach(async () => {
  await raw.wipe();
  await raw.run(
    `CREATE (:WebhookInstance {id: 'me', beat: 1})
     CREATE (:WebhookRegistry {id: 'registry', version: $version})`,
    { version: neo4j.int(CHANGED) },
  );
});

const to = (webhookId: string): NewDelivery => ({
  ...{ id: `d-${webhookId}`, webhookId, claimedBy: null, single: false, generation: 0 },
});

let written = 0;
const event = (more: Partial<EventRecord> = {}): EventRecord => ({
  ...{
    id: `e${(written += 1)}`,
    type: 'entity.created',
    projectId: null,
    timestamp: NOW,
    body: '{}',
    bytes: 2,
  },
  ...{
    traceparent: null,
    createdAt: NOW,
    dueAt: NOW,
    idempotencyKey: null,
    fingerprint: null,
    keepUntil: NOW,
  },
  ...{ deliveries: [], ...more },
});

async function append(
  records: readonly EventRecord[],
  registryVersion: number | null = READ,
): Promise<string> {
  const options = { writeId: 'w', registryVersion, instanceId: 'me', patienceMs: 10_000 };
  return (await events.append(records, options)).kind;
}

describe('events that were matched before a webhook changed', () => {
  it('are matched again exactly if that webhook wants one of them', async () => {
    const patterns = [['entity.created'], ['*'], ['search.completed', 'entity.*'], ['entity.deleted'], []];
    const projects = [
      { project_id: null },
      { project_id: 'case-7' },
      { project_id: 'p', project_names: ['uuid', 'case-7'] },
    ];
    const asked = [null, 'case-7', 'other'].map((projectId) => event({ projectId }));
    const verdicts: [object, string, string][] = [];
    for (const wanted of patterns)
      for (const project of projects)
        for (const active of [true, false]) {
          const webhook = { events: wanted, ...project, active };
          await given(webhook);
          const read = (await endpoints.changedSince(READ))!.endpoints;
          const index = new EndpointIndex(CHANGED, read);
          for (const { type, projectId } of asked) {
            const goes = index.match(type, projectId).length > 0;
            const verdict = await append([event({ type: 'report.generated' }), event({ type, projectId })]);
            verdicts.push([{ ...webhook, projectId }, goes ? 'stale' : 'appended', verdict]);
          }
        }
    expect(verdicts.filter(([, right, found]) => right !== found)).toEqual([]);
    // Global: three patterns, three events. Of the project, by either name: three patterns, one event.
    expect(verdicts.filter(([, right]) => right === 'stale')).toHaveLength(3 * 3 + 2 * 3);
    expect(verdicts).toHaveLength(5 * 3 * 2 * 3);
  });

  it('are matched again if they were to go to it, whatever it wants by now', async () => {
    await given({ active: false });
    expect(await append([event({ deliveries: [to('w')] })])).toBe('stale');
    expect(await append([event({ deliveries: [to('known')] })])).toBe('appended');
    expect(await append([event({ deliveries: [to('w')] })], CHANGED)).toBe('appended');
  });

  it('are written when they were matched after they had come, or nothing has changed', async () => {
    await given();
    expect(await append([event()], null)).toBe('appended');
    expect(await append([event()], CHANGED)).toBe('appended');
    expect(await append([event()])).toBe('stale');
  });

  it('are matched again when all webhooks were removed, or the version went back', async () => {
    await given({ events: [] });
    expect(await append([event()])).toBe('appended');
    expect(await append([event()], CHANGED + 1)).toBe('stale');
    await raw.run('MATCH (r:WebhookRegistry) SET r.cleared_at = r.version');
    expect(await append([event()])).toBe('stale');
  });

  it.each([
    { events: 'entity.created' },
    { events: [1, 2] },
    { events: null },
    { project_id: 7, project_names: 'case-7' },
    { active: 'yes' },
  ])('are held up by no webhook that somebody has spoiled: %j', async (spoiled) => {
    await given(spoiled);
    expect(await append([event({ projectId: 'case-7' })])).toBe('appended');
  });
});

describe('the webhooks that changed since a version', () => {
  const changedSince = async (version: number): Promise<unknown> => {
    const changes = await endpoints.changedSince(version);
    return changes && { ...changes, endpoints: changes.endpoints.map((one: Endpoint) => one.webhookId) };
  };

  it('are none, and not all, when nothing has changed', async () => {
    await given();
    expect(await changedSince(CHANGED)).toEqual({ version: CHANGED, endpoints: [], gone: [] });
  });

  it('are those alone, and those that are gone', async () => {
    await given();
    expect(await changedSince(READ)).toEqual({ version: CHANGED, endpoints: ['w'], gone: [] });
    await given({}, 'DeletedWebhook');
    expect(await changedSince(READ)).toEqual({ version: CHANGED, endpoints: [], gone: ['w'] });
  });

  it('are not known when the version went back, or all were removed', async () => {
    await given();
    expect(await changedSince(CHANGED + 1)).toBeUndefined();
    await raw.run('MATCH (r:WebhookRegistry) SET r.cleared_at = r.version');
    expect(await changedSince(READ)).toBeUndefined();
  });
});
