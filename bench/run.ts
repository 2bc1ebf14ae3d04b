/**
 * Reproducible benchmarks: `npm run bench [scenario …]`. Everything runs on this machine: an embedded Neo4j, the
 * built service, a bare receiver and this load generator, each a process of its own.
 */
import { stopAll } from './support/child.js';
import { Report } from './support/report.js';
import { startNeo4j, type RunningNeo4j } from './support/stack.js';
import { fanOut } from './scenarios/fan-out.js';
import { isolation, isolationMany } from './scenarios/isolation.js';
import { latency } from './scenarios/latency.js';
import { throughput } from './scenarios/throughput.js';

type Scenario = (report: Report, neo4j: RunningNeo4j) => Promise<void>;

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  throughput,
  latency,
  isolation,
  'isolation-many': isolationMany,
  'fan-out': fanOut,
};

async function run(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in SCENARIOS));
  if (unknown.length > 0) {
    throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${Object.keys(SCENARIOS).join(', ')}`);
  }
  const report = new Report();
  for (const name of names.length > 0 ? names : Object.keys(SCENARIOS)) {
    // A fresh graph for each: no scenario pays for the history of another.
    const neo4j = await startNeo4j();
    try {
      await SCENARIOS[name]?.(report, neo4j);
    } finally {
      await neo4j.stop();
    }
  }
  await report.save(names.length > 0 ? names.join('-') : 'all');
}

try {
  await run(process.argv.slice(2));
} finally {
  await stopAll();
}
