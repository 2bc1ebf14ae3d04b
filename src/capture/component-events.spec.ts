import { payloadErrors } from '../../test/support/payloads.js';
import { parseChanges, type CaptureRow } from './change.js';
import { eventsOf, stateFor } from './component-events.js';
import type { GraphEvent } from './graph-event.js';
import type { EntityState, GraphState } from './graph-state.js';
import { componentsOf } from './subjects.js';

type Parts = readonly unknown[];
let next = 0;
const row = (at: number, ...changes: Parts[]): CaptureRow => {
  next += 1;
  return { node: `4:x:${next}`, id: `row-${next}`, at, changes: parseChanges(JSON.stringify(changes)) };
};

const entity = (given: Partial<EntityState> & { values?: Record<string, unknown> } = {}): EntityState => ({
  project: 'case',
  projectUuid: 'u-1',
  type: null,
  name: null,
  ...given,
  fields: new Map(Object.entries(given.values ?? {})),
});

const stateOf = (entities: Record<string, EntityState>): GraphState => ({
  entities: new Map(Object.entries(entities)),
  orphans: new Map([
    ['o-1', { project: 'case', projectUuid: 'u-1', identifierType: 'email', identifierValue: 'a@b.c' }],
  ]),
});

function told(rows: CaptureRow[], state = stateOf({}), values = false): [string, Record<string, unknown>][] {
  const events = componentsOf(rows).flatMap((component): GraphEvent[] =>
    eventsOf(component, state, { values }),
  );
  expect(events.flatMap(({ event, data }) => payloadErrors(event, data))).toEqual([]);
  return events.map(({ event, data }) => [event, { ...data }]);
}

const person = (id: string): Parts => ['+HAS_PERSON', 'case', id, null, null, 'u-1'];
const field = (sign: '+' | '-', id: string, name: string, value?: unknown): Parts => [
  `${sign}HAS_FIELD_VALUE`,
  id,
  null,
  ...name.split('.'),
  value,
];
const tagged = (
  sign: '+' | '-',
  id: string,
  targets: string[],
  types: object = {},
  properties: object = {},
): Parts[] =>
  Object.entries({
    tagged_people: targets,
    transitive_relationships: [],
    relationship_types: types,
    relationship_properties: properties,
  }).map(([name, value]) => field(sign, id, `Tagged People.${name}`, JSON.stringify(value)));

describe('eventsOf an entity', () => {
  it('tells once of one that is made in several transactions', () => {
    const rows = [
      row(1, person('e-1')),
      row(2, field('+', 'e-1', 'core.name')),
      row(3, field('+', 'e-1', 'core.email')),
    ];
    const state = entity({
      values: { 'core.name': '', 'core.email': '' },
      name: '[{"first": "Jane", "last": "Roe"}]',
    });
    expect(told(rows, stateOf({ 'e-1': state }))).toEqual([
      [
        'entity.created',
        { entity_id: 'e-1', name: 'Jane Roe', project_uuid: 'u-1', fields: ['core.name', 'core.email'] },
      ],
    ]);
  });

  it('tells of an update only where the value differs from before', () => {
    const rows = [
      row(1, field('-', 'e-1', 'core.name', 'Jane')),
      row(2, field('+', 'e-1', 'core.name')),
      row(3, field('-', 'e-1', 'core.email', 'a@b.c')),
      row(4, field('+', 'e-1', 'core.email')),
    ];
    const state = stateOf({
      'e-1': entity({ type: 'person', values: { 'core.name': 'Jane', 'core.email': 'new' } }),
    });
    expect(told(rows, state)).toEqual([
      ['entity.updated', { entity_id: 'e-1', type: 'person', project_uuid: 'u-1', fields: ['core.email'] }],
    ]);
    expect(told(rows.slice(0, 2), state)).toEqual([]);
  });

  it('tells of a field that is new, of one that is gone, and of one that came and went', () => {
    const now = stateOf({ 'e-1': entity({ values: { 'core.a': 1 } }) });
    expect(told([row(1, field('+', 'e-1', 'core.a'))], now)[0]?.[1]).toMatchObject({ fields: ['core.a'] });
    expect(told([row(1, field('-', 'e-1', 'core.b', 1))], now)[0]?.[1]).toMatchObject({ fields: ['core.b'] });
    expect(told([row(1, field('+', 'e-1', 'core.c')), row(2, field('-', 'e-1', 'core.c', 1))], now)).toEqual(
      [],
    );
  });

  it('takes a value that was too long to be carried for changed', () => {
    const rows = [row(1, field('-', 'e-1', 'core.bio', { cut: 40_000 }), field('+', 'e-1', 'core.bio'))];
    expect(told(rows, stateOf({ 'e-1': entity({ values: { 'core.bio': 'x' } }) }))).toHaveLength(1);
  });

  it('tells values only when asked to', () => {
    const rows = [row(1, field('+', 'e-1', 'core.tags'))];
    const state = stateOf({ 'e-1': entity({ values: { 'core.tags': '["a"]' } }) });
    expect(told(rows, state)[0]?.[1]).not.toHaveProperty('values');
    expect(told(rows, state, true)[0]?.[1]).toMatchObject({ values: { 'core.tags': ['a'] } });
  });

  it('tells of properties and files', () => {
    const rows = [row(1, ['~Person', null, 'e-1', 'entity_type']), row(2, ['+HAS_FILE', 'e-1', 'f-1'])];
    expect(told(rows, stateOf({ 'e-1': entity() }))).toEqual([
      ['entity.updated', { entity_id: 'e-1', project_uuid: 'u-1', fields: ['entity_type'], files: ['f-1'] }],
    ]);
  });

  it('tells of a deletion what was known, its relationships first', () => {
    const rows = [
      row(
        1,
        ...tagged('-', 'e-1', ['e-2'], { 'e-2': 'KNOWS' }),
        field('-', 'e-1', 'core.name', 'Jane'),
        ['-HAS_PERSON', 'case', 'e-1', null, null, 'u-1'],
        ['-Person', null, 'e-1', null, null, 'person'],
      ),
    ];
    expect(told(rows)).toEqual([
      ['relationship.deleted', { source_id: 'e-1', target_id: 'e-2', relationship_type: 'KNOWS' }],
      ['entity.deleted', { entity_id: 'e-1', name: 'Jane', type: 'person' }],
    ]);
    const [component] = componentsOf(rows);
    expect(
      component && eventsOf(component, stateOf({}), { values: false }).map(({ projectId }) => projectId),
    ).toEqual(['case', 'case']);
  });

  it('tells of both when it is made and deleted at once, in their order', () => {
    const gone: Parts = ['-Person', null, 'e-1'];
    expect(told([row(1, person('e-1')), row(2, gone)])).toEqual([
      ['entity.created', { entity_id: 'e-1' }],
      ['entity.deleted', { entity_id: 'e-1' }],
    ]);
    expect(
      told([row(1, gone), row(2, person('e-1'))], stateOf({ 'e-1': entity() })).map(([event]) => event),
    ).toEqual(['entity.deleted', 'entity.created']);
  });
});

describe('eventsOf relationships', () => {
  const state = stateOf({ 'e-1': entity(), 'e-2': entity() });

  it('compares what the fields held before and after, and tells of no update of the entity', () => {
    const rows = [
      row(
        1,
        ...tagged('-', 'e-1', ['e-2', 'e-3', 'e-4'], { 'e-2': 'KNOWS', 'e-3': 'FAMILY', 'e-4': 'KNOWS' }),
      ),
      row(2, ...tagged('+', 'e-1', ['e-2', 'e-3', 'e-5'], { 'e-2': 'KNOWS', 'e-3': 'FRIEND' })),
    ];
    expect(told(rows, state)).toEqual([
      [
        'relationship.updated',
        {
          source_id: 'e-1',
          target_id: 'e-3',
          relationship_type: 'FRIEND',
          previous_type: 'FAMILY',
          project_uuid: 'u-1',
        },
      ],
      [
        'relationship.deleted',
        { source_id: 'e-1', target_id: 'e-4', relationship_type: 'KNOWS', project_uuid: 'u-1' },
      ],
      [
        'relationship.created',
        { source_id: 'e-1', target_id: 'e-5', relationship_type: 'RELATED_TO', project_uuid: 'u-1' },
      ],
    ]);
  });

  it('says nothing of fields that are written again as they were', () => {
    const same = ['e-2'];
    expect(told([row(1, ...tagged('-', 'e-1', same)), row(2, ...tagged('+', 'e-1', same))], state)).toEqual(
      [],
    );
  });

  it('tells of an edge, but not of one that the fields tell of as well', () => {
    const edge: Parts = ['+TAGGED', 'e-1', 'e-2', null, null, { relationship_type: 'KNOWS', reason: 'r' }];
    const expected = { source_id: 'e-1', target_id: 'e-2', relationship_type: 'KNOWS', project_uuid: 'u-1' };
    expect(told([row(1, edge)], state)).toEqual([['relationship.created', expected]]);
    const both = [row(1, edge), row(2, ...tagged('+', 'e-1', ['e-2'], { 'e-2': 'KNOWS' }))];
    expect(told(both, state)).toEqual([['relationship.created', expected]]);
  });

  it.each([
    [['~TAGGED'], ['relationship.updated']],
    [['-TAGGED'], ['relationship.deleted']],
    [['+TAGGED', '~TAGGED'], ['relationship.created']],
    [['-TAGGED', '+TAGGED'], ['relationship.updated']],
    [['+TAGGED', '-TAGGED'], []],
  ])('folds %j of one edge into %j', (kinds, events) => {
    const rows = kinds.map((kind, i) => row(i, [kind, 'e-1', 'e-2']));
    expect(told(rows, state).map(([event]) => event)).toEqual(events);
  });
});

describe('eventsOf orphans and projects', () => {
  it('tells of an orphan and of each link once', () => {
    const rows = [
      row(1, ['+HAS_ORPHAN', 'case', 'o-1', null, null, 'u-1']),
      row(2, ['+LINKED_TO', 'o-1', 'e-1'], ['~OrphanData', null, 'o-1', 'linked_entity_id', null, 'e-1']),
      row(3, ['~OrphanData', null, 'o-1', 'updated_at'], ['-LINKED_TO', 'o-1', 'e-1']),
    ];
    expect(told(rows)).toEqual([
      ['orphan.created', { orphan_id: 'o-1', project_uuid: 'u-1', identifier_type: 'email' }],
      ['orphan.linked', { orphan_id: 'o-1', project_uuid: 'u-1', entity_id: 'e-1' }],
    ]);
  });

  it('tells of a project after the entities that went with it', () => {
    const rows = [
      row(
        1,
        ['-HAS_PERSON', 'case', 'e-1'],
        ['-Person', null, 'e-1'],
        ['-Project', 'case', 'u-1', null, null, 'Case'],
      ),
    ];
    expect(told(rows)).toEqual([
      ['entity.deleted', { entity_id: 'e-1' }],
      ['project.deleted', { project_id: 'u-1', safe_name: 'case', name: 'Case' }],
    ]);
  });

  it('ignores what is unknown or has no key', () => {
    expect(told([row(1, ['+Section', 's'], ['-Person'], ['+HAS_PERSON', 'case'], ['~OrphanData'])])).toEqual(
      [],
    );
  });
});

describe('stateFor', () => {
  it('asks for what is spoken of, once', () => {
    const rows = [row(1, person('e-1'), field('+', 'e-1', 'core.a')), row(2, ['+HAS_ORPHAN', 'case', 'o-1'])];
    expect(stateFor(componentsOf(rows))).toEqual({
      entityIds: ['e-1'],
      orphanIds: ['o-1'],
      fields: ['core.a'],
    });
  });
});
