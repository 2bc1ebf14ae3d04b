/**
 * Runs checks and tests: `node test/runner/run.mjs [check] [unit] [integration] [e2e] [clients] [console]
 * [node-versions] [faults] [fuzz] [receivers] [Jest arguments]`.
 * Ends with the line `N passed, N failed`: tests, where a failed check counts as a failure.
 */
import '../../scripts/supported-node.mjs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { audit } from './audit.mjs';
import { build, runChecks } from './checks.mjs';
import { running } from './command.mjs';
import { runFuzz } from './fuzz.mjs';
import { RESULTS_DIR, runJest } from './jest.mjs';
import { runNodeVersions } from './node-versions.mjs';
import { startTestNeo4j } from './neo4j.mjs';

const PARTS = [
  ...['check', 'unit', 'integration', 'e2e', 'clients', 'console', 'node-versions'],
  ...['faults', 'fuzz', 'receivers'],
];

/** Those that need the Neo4j of the run and are no Jest project that runs once. */
const OWN_WAY = ['node-versions', 'fuzz'];

const args = process.argv.slice(2);
const firstOther = args.findIndex((arg) => !PARTS.includes(arg));
const parts = firstOther < 0 ? args : args.slice(0, firstOther);
const jestArgs = firstOther < 0 ? [] : args.slice(firstOther);

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    running.forEach((child) => child.kill(signal));
  });
}

const total = { passed: 0, failed: 0 };
const add = ({ passed, failed }) => {
  total.passed += passed;
  total.failed += failed;
};

async function runWithNeo4j(projects) {
  const neo4j = await startTestNeo4j();
  const jestProjects = projects.filter((project) => !OWN_WAY.includes(project));
  const inBand = ['--runInBand', '--testTimeout=30000', ...jestArgs];
  try {
    if (interrupted) throw new Error('Interrupted');
    if (jestProjects.length > 0) add(await runJest(jestProjects, inBand, neo4j.env));
    if (interrupted) throw new Error('Interrupted');
    if (projects.includes('node-versions')) add(await runNodeVersions(neo4j.env, jestArgs));
    if (interrupted) throw new Error('Interrupted');
    if (projects.includes('fuzz')) add(await runFuzz(neo4j.env));
  } finally {
    await neo4j.stop();
  }
}

async function runParts() {
  if (parts.includes('check')) {
    add({ passed: 0, failed: [...(await runChecks()), ...(await audit())].length });
  }
  if (['e2e', 'console', 'node-versions', 'faults', 'fuzz'].some((part) => parts.includes(part)))
    add({ passed: 0, failed: (await build()).length });
  if (interrupted) throw new Error('Interrupted');
  if (parts.includes('unit')) add(await runJest(['unit'], jestArgs));
  const needNeo4j = ['integration', 'e2e', 'clients', 'console', ...OWN_WAY];
  const onNeo4j = parts.filter((part) => needNeo4j.includes(part));
  const { chromiumPath } = await import('../support/chromium.ts');
  if (onNeo4j.includes('console') && chromiumPath() === undefined) {
    onNeo4j.splice(onNeo4j.indexOf('console'), 1);
    console.log('1 part skipped: console, for there is no Chromium (Debian: apt-get install chromium)');
  }
  if (onNeo4j.length > 0) await runWithNeo4j(onNeo4j);
  // Software that nobody here wrote; what is not to be had is skipped.
  if (parts.includes('receivers')) add(await runJest(['receivers'], ['--runInBand', ...jestArgs]));
  // Each suite starts its own Neo4j, because it kills it; most of the time each of them waits, so two run at once.
  if (parts.includes('faults')) add(await runJest(['faults'], ['--maxWorkers=2', ...jestArgs]));
}

await rm(join(RESULTS_DIR, 'summary'), { force: true });
await runParts().catch((error) => {
  console.error(error);
  total.failed += 1;
});
if (total.passed + total.failed === 0) {
  console.error('No test ran.');
  total.failed = 1;
}
const summary = `${total.passed} passed, ${total.failed} failed`;
await mkdir(RESULTS_DIR, { recursive: true });
await writeFile(join(RESULTS_DIR, 'summary'), `${summary}\n`);
console.log(summary);
process.exitCode = total.failed === 0 ? 0 : 1;
