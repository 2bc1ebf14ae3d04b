import { describe, expect, it } from '@jest/globals';
import type { Logger } from '@nestjs/common';
import { integer, text, type Row } from './row.js';
import { RowReader } from './row-reader.js';

const read = (row: Row): string => `${text(row, 'id')}:${integer(row, 'n')}`;

function reader(): { lines: string[]; rows: RowReader } {
  const lines: string[] = [];
  const logger = { error: (line: string) => lines.push(line) } as unknown as Logger;
  return { lines, rows: new RowReader(logger, 'Record') };
}

describe('RowReader', () => {
  it('leaves out what cannot be read, and hands it over with the reason', () => {
    const { rows } = reader();
    const spoiled: unknown[] = [];
    const given = [{ id: 'a', n: 1 }, { id: 'b' }, { id: 'c', n: 3 }];
    expect(rows.readAll(given, read, (row, reason) => spoiled.push([row['id'], reason]))).toEqual([
      'a:1',
      'c:3',
    ]);
    expect(spoiled).toEqual([['b', "The graph gave no 'n' where a number was expected"]]);
  });

  it('says it once for each record, by its id or by its place', () => {
    const { lines, rows } = reader();
    for (let n = 0; n < 3; n += 1) rows.readAll([{ id: 'a' }, { element: '4:x:1' }, {}], read);
    expect(lines).toEqual([
      "Record a cannot be read and is left out: The graph gave no 'n' where a number was expected",
      "Record 4:x:1 cannot be read and is left out: The graph gave no 'id' where a string was expected",
      "Record without an id cannot be read and is left out: The graph gave no 'id' where a string was expected",
    ]);
  });
});
