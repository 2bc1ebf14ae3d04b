import { describe, expect, it } from '@jest/globals';
import { table } from './table.js';

const rows = [
  { name: '警察', state: 'active' },
  { name: 'Zoë\u0308', state: 'failing' },
  { name: '🐕 dogs', state: 'a\tb' },
];
const COLUMNS = [
  ['NAME', (row: { name: string }) => row.name],
  ['STATE', (row: { state: string }) => row.state],
] as const;

describe('a table', () => {
  it('is aligned for people, also where a character takes two columns or none', () => {
    expect(table(rows, COLUMNS, true)).toEqual([
      ...['NAME     STATE', '警察     active', 'Zoë\u0308      failing', '🐕 dogs  a\\tb'],
    ]);
  });

  it('is separated by tabs for programs, and none of its texts holds one', () => {
    expect(table(rows, COLUMNS, false)).toEqual(['警察\tactive', 'Zoë\u0308\tfailing', '🐕 dogs\ta\\tb']);
  });
});
