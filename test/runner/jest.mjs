import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, run } from './command.mjs';

export const RESULTS_DIR = join(ROOT, 'test-results');

const JEST = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
const NODE_OPTIONS = [
  process.env.NODE_OPTIONS,
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
];

/**
 * Runs Jest over some projects and counts what it reports in its result file.
 *
 * @param {string} node what runs it
 * @returns {Promise<{ passed: number, failed: number }>} a suite that could not run counts as one failure,
 *   and so does a run without a result or with a bad exit status that no test explains
 */
export async function runJest(projects, args, env = {}, node = process.execPath) {
  const output = join(RESULTS_DIR, `jest-${projects.join('-')}.json`);
  await mkdir(RESULTS_DIR, { recursive: true });
  await rm(output, { force: true });
  const status = await run(
    node,
    [JEST, '--selectProjects', ...projects, '--json', `--outputFile=${output}`, ...args],
    { ...env, NODE_OPTIONS: NODE_OPTIONS.filter(Boolean).join(' ') },
  );
  return counts(status, await readFile(output, 'utf8').catch(() => '{}'));
}

export function counts(status, report) {
  const { numPassedTests = 0, numFailedTests = 0, numRuntimeErrorTestSuites = 0 } = JSON.parse(report);
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { passed: numPassedTests, failed: status !== 0 && failed === 0 ? 1 : failed };
}
