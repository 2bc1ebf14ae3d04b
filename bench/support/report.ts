import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));

/** One measured figure. */
export interface Figure {
  readonly scenario: string;
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
}

/** Collects figures, prints them as they come, and writes them all as JSON. */
export class Report {
  private readonly figures: Figure[] = [];

  add(scenario: string, measure: string, value: number, unit: string): void {
    this.figures.push({ scenario, measure, value, unit });
    const shown = Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
    process.stdout.write(`${scenario.padEnd(30)} ${measure.padEnd(42)} ${shown.padStart(12)} ${unit}\n`);
  }

  /** Writes `bench/results/<name>.json` with the shape of the machine. */
  async save(name: string): Promise<void> {
    await mkdir(RESULTS, { recursive: true });
    const machine = {
      cpus: cpus().length,
      model: cpus()[0]?.model,
      memoryGiB: Math.round(totalmem() / 1024 ** 3),
      node: process.version,
    };
    const file = `${RESULTS}${name}.json`;
    await writeFile(file, `${JSON.stringify({ machine, figures: this.figures }, null, 2)}\n`);
    process.stdout.write(`Written: bench/results/${name}.json\n`);
  }
}
