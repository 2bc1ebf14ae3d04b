import { parseChanges, type CaptureRow } from './change.js';
import { splitOf } from './split.js';
import { componentsOf, subjectOf, subjectsOf, type Component } from './subjects.js';

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

it.each([
  ['+HAS_PERSON', [null, 'k'], 'entity:k'],
  ['-HAS_FIELD_VALUE', ['k'], 'entity:k'],
  ['~OrphanData', [null, 'k'], 'orphan:k'],
  ['+LINKED_TO', ['k', 'e'], 'orphan:k'],
  ['-Project', ['k'], 'project:k'],
  ['+Unheard', ['k', 'k'], null],
  ['~Person', [null, 7], null],
])('%s %j is told of %s, but not by a key that no index takes', (kind, ends, subject) => {
  const of = (keys: unknown[]) => parseChanges(JSON.stringify([[kind, ...keys]])).map(subjectOf);
  expect(of(ends)).toEqual([subject]);
  const longer = (length: number): unknown[] => ends.map((key) => key && 'k'.repeat(length));
  expect(of(longer(1024)).map((found) => found !== null)).toEqual([kind !== '+Unheard']);
  expect(of(longer(1025))).toEqual([null]);
});
