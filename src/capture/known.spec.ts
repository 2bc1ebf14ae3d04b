import { createHash } from 'node:crypto';
import { parseChanges } from './change.js';
import { eventsOf } from './component-events.js';
import { changesSince, kept, memoryOf, NOTHING, type Known } from './known.js';
import type { Subject } from './subjects.js';

const known = (given: Partial<Known>): Known => ({ ...NOTHING, project: 'case', uuid: 'u-1', ...given });
const field = (section: string, name: string): string => JSON.stringify([section, name]);
const relations = (targets: string[], types: object): Record<string, string> => ({
  [field('Tagged People', 'tagged_people')]: JSON.stringify(targets),
  [field('Tagged People', 'relationship_types')]: JSON.stringify(types),
});

/** The events that what was found becomes, with what tells them apart. */
function told(subject: Subject, before: Known | undefined, now: Known | undefined): string[] {
  const changes = parseChanges(JSON.stringify(changesSince(subject, before, now)));
  const fields = new Map(
    Object.entries(now?.fields ?? {}).map(([key, value]) => [(JSON.parse(key) as string[]).join('.'), value]),
  );
  const state = { project: 'case', projectUuid: 'u-1', type: null, name: null, fields };
  const entities = new Map(now && subject.startsWith('entity:') ? [[subject.slice(7), state]] : []);
  const rows = [{ node: 'n', id: 'r', at: 1, changes }];
  return eventsOf({ rows }, { entities, orphans: new Map() }, { values: false }).map(
    ({ event, projectId, data }) => {
      const who = (data['target_id'] ?? data['name'] ?? '') as string;
      const what = [(data['fields'] ?? data['entity_id'] ?? '') as string | string[]].flat();
      return [event, projectId ?? '', who, ...what].join(' ').trim();
    },
  );
}

const digest = (value: unknown): unknown => kept(value, false);
const jane = known({
  own: { entity_type: 'person' },
  fields: { [field('core', 'name')]: 'Jane', [field('core', 'email')]: digest('j@x') },
});

describe('changesSince', () => {
  it.each<[string, Subject, Known | undefined, Known | undefined, string[]]>([
    ['nothing', 'entity:a', jane, jane, []],
    ['a new entity', 'entity:a', undefined, jane, ['entity.created case  core.name core.email']],
    ['one that is gone', 'entity:a', jane, undefined, ['entity.deleted case Jane a']],
    [
      'a field that differs',
      'entity:a',
      jane,
      { ...jane, fields: { ...jane.fields, [field('core', 'email')]: digest('j@y') } },
      ['entity.updated case  core.email'],
    ],
    [
      'a field that is gone',
      'entity:a',
      jane,
      { ...jane, fields: { [field('core', 'name')]: 'Jane' } },
      ['entity.updated case  core.email'],
    ],
    [
      'a property',
      'entity:a',
      jane,
      { ...jane, own: { entity_type: 'company' } },
      ['entity.updated case  entity_type'],
    ],
    [
      'relationships',
      'entity:a',
      known({ fields: relations(['b', 'c'], { b: 'KNOWS', c: 'KNOWS' }) }),
      known({ fields: relations(['b', 'd'], { b: 'FAMILY', d: 'KNOWS' }) }),
      ['relationship.updated case b a', 'relationship.deleted case c a', 'relationship.created case d a'].map(
        (text) => text.replace(/ a$/, ''),
      ),
    ],
    [
      'edges',
      'entity:a',
      known({ tags: { b: { relationship_type: 'X' }, c: { relationship_type: 'X' } } }),
      known({ tags: { b: { relationship_type: 'Y' }, d: { relationship_type: 'X' } } }),
      ['relationship.updated case b', 'relationship.deleted case c', 'relationship.created case d'],
    ],
    [
      'an orphan and its links',
      'orphan:o',
      undefined,
      known({ links: ['a'] }),
      ['orphan.created case', 'orphan.linked case  a'],
    ],
    ['an orphan that is gone', 'orphan:o', known({ links: ['a'] }), undefined, []],
    ['a project', 'project:case', undefined, known({ name: 'Case' }), ['project.created case Case']],
    [
      'a project that is gone',
      'project:case',
      known({ name: 'Case' }),
      undefined,
      ['project.deleted case Case'],
    ],
  ])('finds %s', (_, subject, before, now, events) => {
    expect(told(subject, before, now)).toEqual(events);
  });
});

describe('kept', () => {
  it('keeps what events tell, and of all else whether it is the same', () => {
    expect(kept('Jane', true)).toBe('Jane');
    expect(JSON.stringify(kept('secret', false))).not.toContain('secret');
    expect(kept('a', false)).toEqual(kept('a', false));
    expect(kept('a', false)).not.toEqual(kept('b', false));
    expect(kept('x'.repeat(40_000), true)).toEqual(kept('x'.repeat(40_000), false));
  });
});

describe('what is kept', () => {
  it('of a value that no event tells is the same digest as ever: what is known was written by earlier versions', () => {
    const digest = createHash('sha256')
      .update(JSON.stringify(['x']))
      .digest('base64url')
      .slice(0, 16);
    expect(kept('x', false)).toEqual({ known: digest });
  });

  it('is forgotten of those that are gone', () => {
    const states = new Map<Subject, Known>([['entity:a', NOTHING]]);
    expect(memoryOf(['entity:a', 'orphan:b'], states)).toEqual({
      known: [['entity:a', JSON.stringify(NOTHING)]],
      gone: ['orphan:b'],
    });
  });
});
