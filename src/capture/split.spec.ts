import { parseChanges, type CaptureRow } from './change.js';
import { splitOf } from './split.js';
import { componentsOf, subjectsOf, type Component } from './subjects.js';

const row = (id: string, ...people: string[]): CaptureRow => ({
  ...{ node: `4:x:${id}`, id, at: 1 },
  changes: people.flatMap((person) =>
    parseChanges(
      JSON.stringify([
        ['+HAS_PERSON', 'case', person],
        ['+HAS_FIELD_VALUE', person, null, 'core', 'name'],
      ]),
    ),
  ),
});

/** The components of what stands in the place of a component. */
function after(component: Component, most: number): Component[] {
  const rows = (splitOf(component, most) ?? []).flatMap(({ id, lists }) =>
    lists.map((list, i) => ({
      ...{ node: `${id}-${i}`, id: `${id}-${i}`, at: 1 },
      changes: parseChanges(JSON.stringify(list)),
    })),
  );
  return componentsOf(rows);
}

describe('splitOf', () => {
  it('shares out subjects, and keeps together what each of them did in all rows', () => {
    const whole = { rows: [row('r', 'a', 'b', 'c', 'd'), row('s', 'd', 'a'), row('t', 'b')] };
    const parts = after(whole, 6);
    expect(parts.map(({ rows }) => subjectsOf(rows))).toEqual([
      ['entity:a'],
      ['entity:b', 'entity:c'],
      ['entity:d'],
    ]);
    const changes = (components: readonly Component[]): string[] =>
      components.flatMap(({ rows }) => rows.flatMap((r) => r.changes.map((c) => JSON.stringify(c)))).sort();
    expect(changes(parts)).toEqual(changes([whole]));
  });

  it('leaves alone what is about one subject, or small enough', () => {
    expect(splitOf({ rows: [row('r', 'a', 'a', 'a')] }, 2)).toBeUndefined();
    expect(splitOf({ rows: [row('r', 'a', 'b')] }, 4)).toBeUndefined();
  });

  it('drops what tells of nobody', () => {
    const odd = {
      ...row('r', 'a', 'b'),
      changes: [...row('r', 'a', 'b').changes, ...parseChanges('[["-Person"]]')],
    };
    expect(splitOf({ rows: [odd] }, 2)?.[0]?.lists).toHaveLength(2);
  });
});
