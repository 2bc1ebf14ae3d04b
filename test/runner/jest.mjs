import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { ROOT, run } from './command.mjs';

export const RESULTS_DIR = join(ROOT, 'test-results');

const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
const NODE_OPTIONS = [
  process.env.NODE_OPTIONS,
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
];

/** With more files than these it is the code that failed, not the machine that was busy. */
const MOST_TO_RUN_AGAIN = 3;

/**
 * Runs Jest over some projects and counts what it reports in its result file.
 *
 * @param {string} node what runs it
 * @returns {Promise<{ passed: number, failed: number }>} a suite that could not run counts as one failure,
 *   and so does a run without a result or with a bad exit status that no test explains
 */
export async function runJest(projects, args, env = {}, node = process.execPath) {
  return counts(await report(projects, args, env, node));
}

/**
 * As `runJest`; of a few files that failed beside others, each is run once more, alone: what fails only on a busy
 * machine does not fail twice. Says which these were, and counts how they ended the second time.
 *
 * @param {string[]} atOnce arguments that say how many files run at once, the first time
 * @param {() => boolean} isInterrupted then nothing is started anew
 */
export async function runJestPatiently(projects, atOnce, args, env, isInterrupted) {
  const run = (files) =>
    report(
      projects,
      files.length === 0 ? [...atOnce, ...args] : ['--runInBand', ...args, '--runTestsByPath', ...files],
      env,
      process.execPath,
    );
  return patiently(run, isInterrupted);
}

/** @param run some files, all of them when none is named; resolves to their report */
export async function patiently(run, isInterrupted = () => false) {
  const first = await run([]);
  const failed = first.files.filter(hasFailed);
  if (failed.length === 0 || failed.length > MOST_TO_RUN_AGAIN || isInterrupted()) return counts(first);
  console.log(`These failed, and are run again, alone:\n${failed.flatMap(failuresOf).join('\n')}`);
  const second = await run(failed.map(({ name }) => name));
  const kept = first.files.filter((file) => !hasFailed(file));
  return counts({ status: second.status, files: [...kept, ...second.files] });
}

/** What Jest says of each file, and its exit status. */
async function report(projects, args, env, node) {
  const output = join(RESULTS_DIR, `jest-${projects.join('-')}.json`);
  await mkdir(RESULTS_DIR, { recursive: true });
  await rm(output, { force: true });
  const status = await run(
    node,
    [JEST, '--selectProjects', ...projects, '--json', `--outputFile=${output}`, ...args],
    { ...env, NODE_OPTIONS: NODE_OPTIONS.filter(Boolean).join(' ') },
  );
  const { testResults = [] } = JSON.parse(await readFile(output, 'utf8').catch(() => '{}'));
  return { status, files: testResults };
}

const hasFailed = ({ status }) => status === 'failed';

function failuresOf({ name, assertionResults }) {
  const tests = assertionResults.filter(hasFailed).map(({ fullName }) => fullName);
  return (tests.length > 0 ? tests : ['the whole file']).map((test) => `  ${relative(ROOT, name)}: ${test}`);
}

/** A file that fails outside of its tests is one failure. */
export function counts({ status, files }) {
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const broken = files.filter((file) => hasFailed(file) && !file.assertionResults.some(hasFailed)).length;
  const failed = tests.filter(hasFailed).length + broken;
  return { passed, failed: status !== 0 && failed === 0 ? 1 : failed };
}
