import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, run } from './command.mjs';
import { runJest } from './jest.mjs';

/** What depends on Node itself: the network, streams, crypto. */
const NEAR_NODE = ['src/receiver/', 'src/delivery/sending/'];
const NONE = [];
const ALL = ['src/'];

/**
 * The floor, the version of the image (`Dockerfile`) and the newest one, besides that which everything else runs on.
 * Of the image's all unit tests run, of the newest a part; the built service starts, delivers and stops on each.
 */
export const VERSIONS = [
  { version: '20.19.6', unit: NONE },
  { version: '22.23.3', unit: ALL },
  { version: '24.9.0', unit: NEAR_NODE },
];

const PLATFORM = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** The binary of a version below `.cache`, from the packages that the npm package `node` is made of. */
async function install(version) {
  const home = join(ROOT, '.cache', 'node', version);
  const name = `node-${PLATFORM}`;
  const program = join(home, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(program)) return program;
  await mkdir(home, { recursive: true });
  const quiet = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const status = await run('npm', ['install', '--prefix', home, ...quiet, `${name}@${version}`]);
  if (status === 0 && existsSync(program)) return program;
  await rm(home, { recursive: true, force: true });
  console.error(`Node.js ${version} is not to be had: ${name}@${version}`);
  return undefined;
}

/**
 * Runs a part of the tests on each version.
 *
 * @param {Record<string, string>} env where the Neo4j of the test run is
 * @param {string[]} jestArgs
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runNodeVersions(env, jestArgs) {
  const total = { passed: 0, failed: 0 };
  for (const { version, unit } of VERSIONS) {
    const node = await install(version);
    if (node === undefined || execFileSync(node, ['--version']).toString().trim() !== `v${version}`) {
      total.failed += 1;
      continue;
    }
    for (const [project, args] of [
      ...(unit === NONE ? [] : [['unit', unit]]),
      ['versions', ['--runInBand']],
    ]) {
      const { passed, failed } = await runJest(
        [project],
        [...args, ...jestArgs],
        { ...env, NODE_WANTED: version },
        node,
      );
      total.passed += passed;
      total.failed += failed;
    }
  }
  return total;
}
