import { readFile } from 'node:fs/promises';
import { COMPARISONS, type Comparison } from './known.js';
import type { Figure } from './figure.js';
import { RESULTS, type Results } from './report.js';
import { shown, spread } from './table.js';

async function resultsOf(scenario: string): Promise<Results | undefined> {
  try {
    return JSON.parse(await readFile(`${RESULTS}${scenario}.json`, 'utf8')) as Results;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

function machineLines(results: readonly Results[]): string {
  const machines = new Set(
    results.map(({ machine, scale, runs, date }) => {
      const { cores, cpu, memoryGiB, kernel, node, java, neo4j, service, commit } = machine;
      const size = scale === 1 ? 'full size' : `**${scale} of the full size: not for comparison**`;
      return (
        `${cores} cores (${cpu}), ${memoryGiB} GiB, ${kernel}; Node.js ${node}, Java ${java}, Neo4j ${neo4j}, ` +
        `service ${service} at ${commit}; ${date.slice(0, 10)}, ${size}, median of ${runs}.`
      );
    }),
  );
  return [...machines].join('\n\n');
}

function figureOf(results: readonly Results[], wanted: Comparison): Figure | undefined {
  return results
    .find(({ scenario }) => scenario === wanted.scenario)
    ?.figures.find(
      ({ subject, measure }) => subject.startsWith(wanted.subject) && measure.startsWith(wanted.measure),
    );
}

function comparison(results: readonly Results[]): string {
  const rows = COMPARISONS.flatMap((known) => {
    const figure = figureOf(results, known);
    if (!figure) return [];
    const { title, aim, outpost = '', svix = '', convoy = '' } = known;
    return [[title, `**${shown(figure.median)}**`, spread(figure), aim, outpost, svix, convoy]];
  });
  return table(['', 'measured', 'lowest – highest', 'aim', 'Outpost', 'Svix', 'Convoy'], rows);
}

function section({ scenario, figures, notes }: Results): string {
  const rows = figures.map((figure) => {
    const { subject, measure, unit, median } = figure;
    return [subject, measure, shown(median), unit, spread(figure)];
  });
  const lines = [`### ${scenario}`, table(['', '', 'median', '', 'lowest – highest'], rows)];
  return [...lines, ...notes].join('\n\n');
}

const PEERS =
  'Outpost, Svix and Convoy: known from the same workload on a machine of this kind, not measured in this run.';

/** Prints what `bench/results/` holds of these scenarios as Markdown. */
export async function printMarkdown(scenarios: readonly string[]): Promise<void> {
  const found = await Promise.all(scenarios.map(resultsOf));
  const results = found.filter((each) => each !== undefined);
  if (results.length === 0) throw new Error('bench/results/ holds no results: run npm run bench first');
  const parts = [machineLines(results), comparison(results), PEERS, ...results.map(section)];
  process.stdout.write(`${parts.join('\n\n')}\n`);
}
