import './typescript.mjs';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, run } from './command.mjs';
import { counts, summary } from './fuzz-counts.mjs';
import { RESULTS_DIR } from './jest.mjs';

const FUZZ = join(ROOT, 'test', 'fuzz');
const API_KEY = 'fuzz-key-0123456789';

/**
 * Schemathesis in a virtual environment below `.cache`, made anew when another version is required.
 *
 * @returns {Promise<string | undefined>} the program; undefined when it cannot be installed
 */
async function install() {
  const requirements = join(FUZZ, 'requirements.txt');
  const [pinned] = (await readFile(requirements, 'utf8')).trim().split('\n');
  const home = join(ROOT, '.cache', 'fuzz', pinned);
  const program = join(home, 'bin', 'schemathesis');
  if (existsSync(program)) return program;
  await rm(home, { recursive: true, force: true });
  const made = (await run('python3', ['-m', 'venv', home])) === 0;
  const quiet = ['--quiet', '--disable-pip-version-check', '--require-virtualenv'];
  const pip = [join(home, 'bin', 'python'), ['-m', 'pip', 'install', ...quiet, '-r', requirements]];
  if (made && (await run(...pip)) === 0 && existsSync(program)) return program;
  await rm(home, { recursive: true, force: true });
  console.error(`Fuzzing needs Python 3.10 or newer with venv, and ${pinned} from its package index.`);
  return undefined;
}

/** What a file of JSON holds; nothing where it could not be written. */
const written = async (file) => JSON.parse(await readFile(file, 'utf8').catch(() => '{}'));

/**
 * Lets schemathesis loose on the built service, with API keys, on the Neo4j of the test run.
 *
 * @param {Record<string, string>} env where that Neo4j is
 * @returns {Promise<{ passed: number, failed: number }>} one test for each operation
 */
export async function runFuzz(env) {
  const program = await install();
  if (!program) return { passed: 0, failed: 1 };
  Object.assign(process.env, env);
  const { testConnection } = await import('../support/connection.ts');
  const { ServiceProcess } = await import('../support/service-process.ts');
  const service = await ServiceProcess.start(testConnection(), {
    API_KEYS: `fuzz:${API_KEY}`,
    NODE_OPTIONS: `--import ${join(FUZZ, 'stay-here.mjs')}`,
  });
  // Schemathesis remembers earlier failures where it runs; each run is to be the same.
  const cwd = join(RESULTS_DIR, 'fuzz');
  const [output, done] = [join(cwd, 'junit.xml'), join(cwd, 'requests.json')];
  try {
    await rm(cwd, { recursive: true, force: true });
    await mkdir(cwd, { recursive: true });
    const config = ['--config-file', join(FUZZ, 'schemathesis.toml')];
    const report = ['--report', 'junit', '--report-junit-path', output, '--no-color'];
    const args = [...config, 'run', `${service.url}/openapi.json`, ...report];
    const status = await run(
      program,
      args,
      { FUZZ_API_KEY: API_KEY, FUZZ_REQUESTS: done, SCHEMATHESIS_HOOKS: join(FUZZ, 'hooks.py') },
      cwd,
    );
    const { body } = await service.call('GET', '/openapi.json');
    const requests = await written(done);
    console.log(summary(body.paths, requests));
    const made = Object.values(requests).length;
    return counts(status, await readFile(output, 'utf8').catch(() => ''), made);
  } finally {
    await service.end('SIGTERM');
  }
}
