/**
 * Runs checks and tests: `node test/runner/run.mjs [check] [unit] [integration] [e2e] [clients] [console]
 * [node-versions] [faults] [fuzz] [receivers] [quick-receivers] [Jest arguments]`.
 * Ends with the line `N passed, N failed`: tests, where a failed check counts as a failure.
 */
import '../../scripts/supported-node.mjs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { audit } from './audit.mjs';
import { build, runChecks } from './checks.mjs';
import { signalAll } from './command.mjs';
import { runFuzz } from './fuzz.mjs';
import { RESULTS_DIR, runJest, runJestPatiently } from './jest.mjs';
import { runNodeVersions } from './node-versions.mjs';
import { startTestNeo4js } from './neo4j.mjs';

const PARTS = [
  ...['check', 'unit', 'integration', 'e2e', 'clients', 'console', 'node-versions'],
  ...['faults', 'fuzz', 'receivers', 'quick-receivers'],
];

/** Projects of Jest that run together, so that no worker waits for another part to end. */
const TOGETHER = [
  ...['integration', 'e2e', 'clients', 'console', 'faults'],
  // Software that nobody here wrote; what is not to be had is skipped.
  ...['receivers', 'quick-receivers'],
];

/** These need no Neo4j of the run: `faults` kills its own. */
const WITHOUT_NEO4J = ['check', 'unit', 'faults'];

const args = process.argv.slice(2);
const firstOther = args.findIndex((arg) => !PARTS.includes(arg));
const parts = firstOther < 0 ? args : args.slice(0, firstOther);
const jestArgs = firstOther < 0 ? [] : args.slice(firstOther);

let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    signalAll(signal);
  });
}

function stopIfInterrupted() {
  if (interrupted) throw new Error('Interrupted');
}

const total = { passed: 0, failed: 0 };
const add = ({ passed, failed }) => {
  total.passed += passed;
  total.failed += failed;
};

/** A worker, its Neo4j, and the service or the Neo4j that its tests start. */
const BYTES_OF_WORKER = 4 * 1024 ** 3;

/** So many files of tests run at once, each worker on a Neo4j of its own. Half of the time of a test is waiting. */
const WORKERS = totalmem() > 3 * BYTES_OF_WORKER ? 3 : 2;

/** Who names a Neo4j has one; who asks for a file or two has no use for more; TEST_WORKERS says otherwise. */
const workers =
  Number(process.env.TEST_WORKERS) || (process.env.TEST_NEO4J_URI || jestArgs.length > 0 ? 1 : WORKERS);
/** A whole run is patient with a busy machine; who asks for some tests wants to see them fail. */
const runTests = (projects, atOnce, args, env = {}) =>
  jestArgs.length > 0
    ? runJest(projects, [...atOnce, ...args, ...jestArgs], env)
    : runJestPatiently(projects, atOnce, args, env, () => interrupted);
const atOnce = workers === 1 ? '--runInBand' : `--maxWorkers=${workers}`;

/** Beside each other, if each can have a Neo4j for itself. */
async function runOtherWays(wanted, [first, second = first]) {
  const versions = async () =>
    wanted.includes('node-versions') && add(await runNodeVersions(second, jestArgs));
  const fuzz = async () => wanted.includes('fuzz') && add(await runFuzz(first));
  if (first !== second) return Promise.all([versions(), fuzz()]);
  await versions();
  stopIfInterrupted();
  return fuzz();
}

async function runTogether(wanted) {
  const projects = wanted.filter((part) => TOGETHER.includes(part));
  const needsNeo4j = wanted.some((part) => !WITHOUT_NEO4J.includes(part));
  const neo4j = needsNeo4j ? await startTestNeo4js(workers) : { env: {}, each: [{}], stop: async () => {} };
  try {
    stopIfInterrupted();
    if (projects.length > 0) add(await runTests(projects, [atOnce], ['--testTimeout=120000'], neo4j.env));
    stopIfInterrupted();
    await runOtherWays(wanted, neo4j.each);
  } finally {
    await neo4j.stop();
  }
}

/** Checks run one after the other, beside the unit tests. */
async function runWithoutNeo4j() {
  const wanted = [];
  if (parts.includes('check')) {
    const checks = async () => [...(await runChecks()), ...(await audit())];
    wanted.push(checks().then(({ length }) => ({ passed: 0, failed: length })));
  }
  // No limit of a test is to be one of the machine.
  if (parts.includes('unit')) wanted.push(runTests(['unit'], [], ['--testTimeout=60000']));
  for (const counted of await Promise.all(wanted)) add(counted);
}

async function withoutWhatCannotBe(wanted) {
  const { chromiumPath } = await import('../support/chromium.ts');
  if (!wanted.includes('console') || chromiumPath() !== undefined) return wanted;
  console.log('1 part skipped: console, for there is no Chromium (Debian: apt-get install chromium)');
  return wanted.filter((part) => part !== 'console');
}

async function runParts() {
  if (['e2e', 'console', 'node-versions', 'faults', 'fuzz'].some((part) => parts.includes(part)))
    add({ passed: 0, failed: (await build()).length });
  stopIfInterrupted();
  await runWithoutNeo4j();
  stopIfInterrupted();
  await runTogether(await withoutWhatCannotBe(parts));
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
