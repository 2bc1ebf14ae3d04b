import { printable, width } from './text.js';

/** A column: its heading and what it shows of a row. */
export type Column<Row> = readonly [heading: string, cell: (row: Row) => unknown];

const shown = (value: unknown): string => (value === null || value === undefined ? '–' : printable(value));

/** Aligned and with headings for people; separated by tabs and without headings for programs. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  isForPeople: boolean,
): string[] {
  const cells = rows.map((row) => columns.map(([, cell]) => shown(cell(row))));
  if (!isForPeople) return cells.map((line) => line.join('\t'));
  const lines = [columns.map(([heading]) => heading), ...cells];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => width(line[index] ?? ''))));
  return lines.map((line) =>
    line
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  );
}
