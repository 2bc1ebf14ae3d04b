import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventOf } from '../../../test/support/formats/events.js';
import { expectGolden } from '../../../test/support/formats/golden.js';
import { answer } from '../../../test/support/formats/arbitrary.js';
import { anyEvent, expectDeterministic } from '../../../test/support/formats/properties.js';
import type { FormatEvent } from '../format.js';
import { ocsf } from './ocsf.js';

const WEBHOOK = { id: 'w-1', name: 'Lake', url: 'https://siem.example/feed' };
const sent = (event: FormatEvent, options = {}): any =>
  JSON.parse(ocsf.render(event, options, WEBHOOK).body.toString());

describe('what an OCSF collector is sent', () => {
  it('is to the byte what it was', () => {
    expectGolden('ocsf', ocsf, { ndjson: true }, WEBHOOK.url);
  });

  it.each([
    ['entity.created', {}, 3004, 1],
    ['entity.updated', {}, 3004, 3],
    ['relationship.deleted', {}, 3004, 4],
    ['orphan.linked', {}, 3004, 3],
    ['project.deleted', {}, 3004, 4],
    ['import.failed', {}, 6008, 1],
    ['system.health', { kind: 'webhook.disabled' }, 6008, 1],
    ['system.health', { kind: 'webhook.failing' }, 0, 99],
    ['search.executed', {}, 0, 99],
    ['constructor.created', {}, 0, 99],
  ])('%s %j is of class %i, activity %i', (event, data, class_uid, activity_id) => {
    const type_uid = class_uid * 100 + activity_id;
    expect(sent(eventOf(event, data))).toMatchObject({ class_uid, activity_id, type_uid });
  });

  it('names what was managed, by its id or else by that of the event', () => {
    const data = { entity_id: 'e-1', name: 'Jane', type: 'person' };
    const entity = { uid: 'e-1', name: 'Jane', type: 'person', type_id: 99, data };
    expect(sent(eventOf('entity.created', data)).entity).toEqual(entity);
    expect(sent(eventOf('entity.created', {})).entity.uid).toBe('evt-entity.created');
    expect(sent(eventOf('project.created', {})).entity).toMatchObject({ uid: 'op-lantern', type: 'Project' });
  });

  it.each([
    ['entity.created', { id: 'i-1' }, { uid: 'i-1', type: 'Entity' }],
    [
      'relationship.created',
      { relationship_id: 'r-1', title: 't' },
      { uid: 'r-1', name: 't', type: 'Relationship' },
    ],
    ['orphan.created', { orphan_id: 'o-1', entity_type: 'email' }, { uid: 'o-1', type: 'email' }],
    ['orphan.deleted', { name: '\u202e' }, { uid: 'evt-orphan.deleted', type: 'Orphan' }],
    ['project.created', { project_id: 'p-1', label: 'l' }, { uid: 'p-1', name: 'l', type: 'Project' }],
  ])('of %s %j it says %j', (event, data, entity) => {
    expect(sent(eventOf(event, data)).entity).toEqual({ ...entity, type_id: 99, data });
  });

  it('has no tenant for an event of no project, and no reason where none is said', () => {
    const event = eventOf('import.failed', {}, { projectId: null });
    expect(sent(event).metadata).not.toHaveProperty('tenant_uid');
    expect(sent(event)).not.toHaveProperty('status_detail');
    expect(sent(eventOf('import.failed', { reason: 'disk full' })).status_detail).toBe('disk full');
  });

  it('says why something failed', () => {
    const found = sent(eventOf('import.failed', { error: 'row 17' }), { raw_data: true });
    expect(found).toMatchObject({ status_id: 2, status_detail: 'row 17', unmapped: { error: 'row 17' } });
    expect(JSON.parse(found.raw_data).event).toBe('import.failed');
  });

  it('is one line, as whose end only NDJSON has a line break', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const { body, headers } = ocsf.render(event, { ndjson: true }, WEBHOOK);
        expect(body.toString().split('\n')).toHaveLength(2);
        expect(headers['Content-Type']).toBe('application/x-ndjson');
        const single = ocsf.render(event, {}, WEBHOOK);
        expect(single.body.toString()).not.toContain('\n');
        expect(single.headers['Content-Type']).toBe('application/json');
      }),
    );
  });

  it('is the same each time', () => {
    expectDeterministic(ocsf, {}, WEBHOOK.url);
  });
});

it.each([
  [200, 'success'],
  [202, 'success'],
  [400, 'rejected'],
  [403, 'blocked'],
  [429, 'throttled'],
  [500, 'retry'],
])('an OCSF collector that answers %i is %s', (status, outcome) => {
  expect(ocsf.interpret(answer(status), {}).outcome).toBe(outcome);
});

it('warns of keys in the query', () => {
  expect(ocsf.checkUrl(new URL('https://s.example/feed?key=a'), {}, []).warnings).toHaveLength(1);
  expect(ocsf.checkUrl(new URL('https://s.example/feed?secret=a'), {}, []).warnings).toHaveLength(1);
  expect(ocsf.checkUrl(new URL('https://s.example/feed'), {}, [])).toEqual({ problems: [], warnings: [] });
});
