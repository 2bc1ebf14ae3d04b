import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');
/** They are not dependencies of the project: installed once, here, and anew when their list changes. */
const CACHE = join(ROOT, '.cache', 'clients');

const PYTHON_PARTS = ['-c', 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 10))'];

/** Whether this machine can make a virtual environment of Python 3.10 or newer. */
export const HAS_PYTHON = spawnSync('python3', PYTHON_PARTS).status === 0;

/** Runs a program; rejects with what it printed when it fails. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { cwd, env: { ...process.env, NODE_OPTIONS: '', ...env }, maxBuffer: 1 << 26 };
  try {
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

/** A directory for what `lists` name, filled by `fill`; a half filled one is never taken for a whole one. */
async function cached(
  lists: readonly string[],
  fill: (directory: string) => Promise<unknown>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const name of lists) hash.update(readFileSync(join(import.meta.dirname, name)));
  const directory = join(CACHE, `${lists[0]!}-${hash.digest('hex').slice(0, 12)}`);
  const whole = join(directory, 'whole');
  if (existsSync(whole)) return directory;
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const name of lists) cpSync(join(import.meta.dirname, name), join(directory, name));
  await fill(directory);
  renameSync(join(directory, lists[0]!), whole);
  return directory;
}

/** The linters and the generator from npm; answers the directory whose `node_modules` they are in. */
export const installNodeTools = (): Promise<string> =>
  cached(['package-lock.json', 'package.json', '.npmrc'], (directory) =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], directory, {
      SCARF_ANALYTICS: 'false',
    }),
  );

/** The generator from PyPI, with what its clients need; answers the virtual environment. */
export const installPythonTools = (): Promise<string> =>
  cached(['requirements.txt'], async (directory) => {
    await run('python3', ['-m', 'venv', '.'], directory);
    const quiet = ['--quiet', '--disable-pip-version-check', '--require-virtualenv'];
    await run(
      join(directory, 'bin', 'python'),
      ['-m', 'pip', 'install', ...quiet, '-r', 'requirements.txt'],
      directory,
    );
  });
