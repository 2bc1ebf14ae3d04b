import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.js';
import { describeMachine, type Machine } from './machine.js';
import { RUNS, SCALE } from './sizes.js';
import { median } from './statistics.js';
import { figureLines } from './table.js';

export const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));

/** What is written to `bench/results/<scenario>.json`. */
export interface Results {
  readonly scenario: string;
  /** RFC 3339 UTC. */
  readonly date: string;
  /** 1 = full size. */
  readonly scale: number;
  readonly runs: number;
  readonly machine: Machine;
  readonly figures: readonly Figure[];
  /** What has to be known to read the figures. */
  readonly notes: readonly string[];
}

/** Gathers the figures of one scenario; the same figure of several runs becomes one with its median. */
export class Report {
  private readonly samples = new Map<string, number[]>();
  private readonly notes: string[] = [];

  constructor(readonly scenario: string) {}

  add(subject: string, measure: string, value: number, unit: string): void {
    const key = JSON.stringify([subject, measure, unit]);
    this.samples.set(key, [...(this.samples.get(key) ?? []), value]);
    process.stderr.write(`  ${subject}: ${measure} ${value.toPrecision(4)} ${unit}\n`);
  }

  /** The median so far. @throws when there is none */
  median(subject: string, measure: string): number {
    const figure = this.figures().find((each) => each.subject === subject && each.measure === measure);
    if (!figure) throw new Error(`Not measured: ${subject}, ${measure}`);
    return figure.median;
  }

  /** The median of one figure, divided by that of another. */
  ratio(
    subject: string,
    measure: string,
    numerator: readonly [string, string],
    denominator: readonly [string, string],
  ): void {
    this.add(subject, measure, this.median(...numerator) / this.median(...denominator), '×');
  }

  /** Says once what has to be known to read the figures. */
  note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  /** Prints the figures and writes them with the shape of the machine. */
  async save(): Promise<void> {
    const figures = this.figures();
    const results: Results = {
      scenario: this.scenario,
      date: new Date().toISOString(),
      scale: SCALE,
      runs: RUNS,
      machine: await describeMachine(),
      figures,
      notes: this.notes,
    };
    await mkdir(RESULTS, { recursive: true });
    await writeFile(`${RESULTS}${this.scenario}.json`, `${JSON.stringify(results, null, 2)}\n`);
    const lines = [...figureLines(figures), ...this.notes.map((text) => `Note: ${text}`)];
    process.stdout.write(
      `\n${this.scenario}\n${lines.join('\n')}\nWritten: bench/results/${this.scenario}.json\n`,
    );
  }

  private figures(): Figure[] {
    return [...this.samples].map(([key, values]) => {
      const [subject, measure, unit] = JSON.parse(key) as [string, string, string];
      const [min, max] = [Math.min(...values), Math.max(...values)];
      return { subject, measure, unit, median: median(values), min, max, runs: values.length };
    });
  }
}
