/**
 * Reproducible benchmarks: `npm run bench [scenario …]`, see README.md. Everything runs on this machine: an embedded
 * Neo4j, the built service, a bare receiver and this load generator, each a process of its own.
 */
import { endAll, endAllOnSignals } from './support/cleanup.js';
import { printMarkdown } from './support/markdown.js';
import { onFreshGraph, type Neo4j } from './support/neo4j.js';
import { Report } from './support/report.js';
import { FULL } from './support/sizes.js';
import { within } from './support/waiting.js';
import { capture } from './scenarios/capture.js';
import { captureRelay } from './scenarios/capture-relay.js';
import { catchUp } from './scenarios/catch-up.js';
import { commandLine } from './scenarios/command-line.js';
import { consolePages } from './scenarios/console.js';
import { cold, coldCompose } from './scenarios/cold.js';
import { fanOut } from './scenarios/fan-out.js';
import { feedClients } from './scenarios/feed-clients.js';
import { filters } from './scenarios/filters.js';
import { history } from './scenarios/history.js';
import { idle } from './scenarios/idle.js';
import { isolationBacklog } from './scenarios/isolation-backlog.js';
import { isolationCreation, isolationNames, isolationThrottle } from './scenarios/isolation-neighbours.js';
import { isolationMany } from './scenarios/isolation-many.js';
import { isolation } from './scenarios/isolation.js';
import { latency } from './scenarios/latency.js';
import { memoryBodies } from './scenarios/memory-bodies.js';
import { memorySurplus } from './scenarios/memory-surplus.js';
import { memory } from './scenarios/memory.js';
import { raw } from './scenarios/raw.js';
import { recovery } from './scenarios/recovery.js';
import { throughput } from './scenarios/throughput.js';
import { together } from './scenarios/together.js';
import { tracing } from './scenarios/tracing.js';

/** Whatever goes wrong, a scenario ends. */
const LIMIT_MS = (FULL ? 120 : 45) * 60_000;

type Scenario = (report: Report) => Promise<void>;

function onGraph(scenario: (report: Report, neo4j: Neo4j) => Promise<void>): Scenario {
  return (report) => onFreshGraph((neo4j) => scenario(report, neo4j));
}

const SCENARIOS: ReadonlyMap<string, Scenario> = new Map([
  ['cold', cold],
  ['cold-compose', coldCompose],
  ['throughput', onGraph(throughput)],
  ['latency', onGraph(latency)],
  ['fan-out', onGraph(fanOut)],
  ['isolation', onGraph(isolation)],
  ['isolation-many', onGraph(isolationMany)],
  ['isolation-backlog', onGraph(isolationBacklog)],
  ['isolation-names', onGraph(isolationNames)],
  ['isolation-throttle', onGraph(isolationThrottle)],
  ['isolation-creation', onGraph(isolationCreation)],
  ['catch-up', onGraph(catchUp)],
  ['recovery', onGraph(recovery)],
  ['memory', onGraph(memory)],
  ['memory-surplus', onGraph(memorySurplus)],
  ['memory-bodies', onGraph(memoryBodies)],
  ['history', onGraph(history)],
  ['feed-clients', onGraph(feedClients)],
  ['console', onGraph(consolePages)],
  ['command-line', commandLine],
  ['idle', idle],
  ['filters', filters],
  ['capture', capture],
  ['capture-relay', captureRelay],
  ['together', onGraph(together)],
  ['tracing', onGraph(tracing)],
]);
/** What `throughput` measures as well. */
const ON_REQUEST: ReadonlyMap<string, Scenario> = new Map([['raw', onGraph(raw)]]);

async function run(names: readonly string[]): Promise<void> {
  const known = new Map([...SCENARIOS, ...ON_REQUEST]);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${[...known.keys()].join(', ')}`);
  }
  for (const name of names.length > 0 ? names : SCENARIOS.keys()) {
    const report = new Report(name);
    process.stderr.write(`${name}\n`);
    await within(LIMIT_MS, `scenario ${name}`, known.get(name)?.(report) ?? Promise.resolve());
    await report.save();
    // A scenario that ended well has ended its processes; this makes sure of it.
    await endAll();
  }
}

endAllOnSignals();
try {
  const names = process.argv.slice(2);
  if (names.includes('--markdown')) await printMarkdown([...SCENARIOS.keys(), ...ON_REQUEST.keys()]);
  else await run(names);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await endAll();
}
