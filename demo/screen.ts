import type { Arrival } from './receiver.js';

const isColourful = process.stdout.isTTY;
const paint =
  (code: number) =>
  (text: string): string =>
    isColourful ? `\u001b[${String(code)}m${text}\u001b[0m` : text;

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const yellow = paint(33);

export function step(text: string): void {
  console.log(`\n${bold(text)}`);
}

export function line(text: string): void {
  console.log(`  ${text}`);
}

const VERDICTS: Readonly<Record<Arrival['verdict'], string>> = {
  verified: green('signature verified'),
  unsigned: dim('unsigned          '),
  forged: red('WRONG SIGNATURE   '),
};

export function showArrival({ receiver, event, attempt, verdict, answer }: Arrival): void {
  const status = answer < 300 ? green(String(answer)) : yellow(`${String(answer)}, will be tried again`);
  line(
    `${receiver.padEnd(14)} ${event.padEnd(22)} attempt ${attempt}  ${VERDICTS[verdict]}  answers ${status}`,
  );
}

/** Rows of cells, the first row the heading; numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => String(row[column]).length)),
  );
  const cell = (value: string | number, column: number): string => {
    const width = widths[column] ?? 0;
    return typeof value === 'number' ? String(value).padStart(width) : value.padEnd(width);
  };
  rows.forEach((row, i) => {
    const text = row.map(cell).join('  ');
    line(i === 0 ? bold(text) : text);
  });
}
