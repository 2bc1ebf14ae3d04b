import { parseChanges, type CaptureRow } from './change.js';
import { ripeAt, seenTogether } from './settling.js';
import { componentsOf } from './subjects.js';

const row = (at: number, ...changes: unknown[][]): CaptureRow => ({
  node: String(at),
  id: String(at),
  at,
  changes: parseChanges(JSON.stringify(changes)),
});
const gone = ['-HAS_FIELD_VALUE', 'e-1', null, 'core', 'name', 'Jane'];
const back = ['+HAS_FIELD_VALUE', 'e-1', null, 'core', 'name'];

describe('ripeAt', () => {
  it('waits until nothing was added for the settle time', () => {
    expect(ripeAt({ rows: [row(1000, back), row(1200, ['~Person', null, 'e-1', 'x'])] }, 500)).toBe(1700);
  });

  it('waits no longer than five seconds after the first row, however long the others go on', () => {
    expect(ripeAt({ rows: [row(1000, back), row(5900, back)] }, 500)).toBe(6000);
  });

  it('waits for a field that is between its removal and its return', () => {
    expect(ripeAt({ rows: [row(1000, gone)] }, 500)).toBe(6000);
    expect(ripeAt({ rows: [row(1000, gone), row(1010, back)] }, 500)).toBe(1510);
  });

  it('counts from when a row was seen, if its transaction took long to commit', () => {
    expect(ripeAt({ rows: [{ ...row(1000, back), seenAt: 1900 }] }, 500)).toBe(2400);
    expect(ripeAt({ rows: [{ ...row(1000, back), seenAt: 90_000 }] }, 500)).toBe(6000);
  });

  it('waits for the other rows of a transaction that are told together', () => {
    const part = { ...row(1000, back), transaction: { id: 't', parts: 2 } };
    const other = { ...row(1001, ['~Person', null, 'e-2', 'x']), transaction: { id: 't', parts: 2 } };
    expect(ripeAt({ rows: [part] }, 500)).toBe(6000);
    expect(componentsOf([part, other])).toHaveLength(1);
    expect(ripeAt({ rows: [part, other] }, 500)).toBe(1501);
  });

  it('does not wait for the fields of an entity that is deleted', () => {
    expect(ripeAt({ rows: [row(1000, gone, ['-Person', null, 'e-1'])] }, 500)).toBe(1500);
  });
});

describe('seenTogether', () => {
  it('lets all settle from now on where one of them came late, so that none overtakes it', () => {
    const [late, after] = [{ ...row(1000, back), seenAt: 3000 }, row(2900, ['-Project', 'case'])];
    const seen = seenTogether([late, after], 3000);
    expect(seen.map((one) => ripeAt({ rows: [one] }, 500))).toEqual([3500, 3500]);
    expect(seenTogether([after], 3000)).toEqual([after]);
  });
});

describe('componentsOf', () => {
  it('joins rows over what they share, and names a component by its first row', () => {
    const person = (id: string): unknown[] => ['+HAS_PERSON', 'case', id];
    const rows = [
      row(1, person('a')),
      row(2, person('b')),
      row(3, person('c')),
      row(4, person('c'), person('a')),
    ];
    expect(componentsOf(rows).map((component) => component.rows.map(({ at }) => at))).toEqual([
      [1, 3, 4],
      [2],
    ]);
  });

  it('leaves rows of one project apart', () => {
    const rows = [row(1, ['+HAS_PERSON', 'case', 'a']), row(2, ['+HAS_PERSON', 'case', 'b'])];
    expect(componentsOf(rows)).toHaveLength(2);
  });
});
