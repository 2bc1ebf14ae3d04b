import { describe, expect, it } from '@jest/globals';
import { toEntityState, toOrphanState } from './graph-state.js';

describe('what the graph says of an entity', () => {
  it('has long values whole, and others as they come', () => {
    const long = 'x'.repeat(20_000);
    const state = toEntityState({
      id: 'e-1',
      project: ['case', 'u-1'],
      own: [
        ['id', 'e-1'],
        ['entity_type', 'person'],
      ],
      fields: [
        ['core', 'name', 'Jane', null],
        ['core', 'bio', [20_000, 'x', 'x'], long],
        ['core', 'none', null, null],
      ],
    });
    expect(state).toEqual({
      ...{ project: 'case', projectUuid: 'u-1', type: 'person', name: 'Jane' },
      fields: new Map<string, unknown>([
        ['core.name', 'Jane'],
        ['core.bio', long],
        ['core.none', null],
      ]),
    });
  });

  it('is not known where somebody wrote what is no text', () => {
    const nothing = { project: null, projectUuid: null, type: null };
    expect(toEntityState({ id: 'e', project: [7, {}], own: [['entity_type', [1]]], fields: [] })).toEqual({
      ...{ ...nothing, name: undefined },
      fields: new Map(),
    });
    expect(toEntityState({ id: 'e', project: null, own: null, fields: null })).toMatchObject(nothing);
  });

  it('of an orphan has its identifier', () => {
    expect(toOrphanState({ id: 'o', project: ['case', 'u'], type: 'email', value: 'a@b' })).toEqual({
      ...{ project: 'case', projectUuid: 'u', identifierType: 'email', identifierValue: 'a@b' },
    });
  });
});
