import { payloadErrors } from '../../test/support/payloads.js';
import { EVENT_TYPES } from './event-types.js';
import { PAYLOADS } from './payload-schemas.js';

describe('PAYLOADS', () => {
  it('describe each of the 20 events', () => {
    expect(Object.keys(PAYLOADS)).toEqual([...EVENT_TYPES]);
  });

  it.each(EVENT_TYPES)('have an example of %s that is what they say', (event) => {
    expect(payloadErrors(event, PAYLOADS[event].example)).toEqual([]);
  });

  it.each([
    ['entity.updated', { entity_id: 'p-1' }],
    ['entity.created', { fields: [] }],
    ['relationship.created', { source_id: 'a', target_id: 'b' }],
    ['orphan.linked', { orphan_id: 'o-1', entity_id: 7 }],
    ['project.deleted', { safe_name: 'case', project_uuid: 'x' }],
    ['entity.deleted', { folded: true, count: 1, ids: [] }],
    ['system.health', { kind: 'webhook.exploded' }],
  ])('do not hold %s with %j for right', (event, data) => {
    expect(payloadErrors(event, data)).toHaveLength(1);
  });

  it.each([...EVENT_TYPES.slice(0, 6), ...EVENT_TYPES.slice(14, 18)])('know a folded %s', (event) => {
    expect(payloadErrors(event, { folded: true, count: 10_000, ids: ['a'] })).toEqual([]);
  });
});
