import { join } from 'node:path';
import { ROOT, runAside } from './command.mjs';

const bin = (name) => join(ROOT, 'node_modules', '.bin', name);

/** What must hold besides the tests: `[name, command, arguments]`, cheapest first. */
const CHECKS = [
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['layers', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'src']],
  ['types', bin('tsc'), ['--project', 'tsconfig.json']],
  ['console types', bin('tsc'), ['--project', 'console/tsconfig.json']],
  ['lint', bin('eslint'), ['.']],
];

/** Builds `dist`, which the end-to-end tests start. @returns {Promise<string[]>} the names of what failed */
export const build = () => runChecks([['build', process.execPath, ['scripts/build.mjs']]]);

/** @returns {Promise<string[]>} the names of what failed */
export async function runChecks(checks = CHECKS) {
  const failed = [];
  for (const [name, command, args] of checks) {
    const { status, output } = await runAside(command, args);
    console.log(`${output}${status === 0 ? 'ok    ' : 'FAILED'} ${name}`);
    if (status !== 0) failed.push(name);
  }
  return failed;
}
