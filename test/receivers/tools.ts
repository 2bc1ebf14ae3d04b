import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { HAS_PYTHON, run } from '../clients/tools.js';

const HERE = import.meta.dirname;
const CACHE = join(HERE, '..', '..', '.cache', 'receivers');

const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;

/** Changes when a file of the folder does, so that another version is made anew. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}

/** A file or folder of the cache, made once; a half made one is never taken for a whole one. */
async function cached(name: string, make: (target: string) => Promise<unknown>): Promise<string> {
  const whole = join(CACHE, name);
  if (existsSync(whole)) return whole;
  const target = join(CACHE, `${name}.making`);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  await make(target);
  renameSync(target, whole);
  return whole;
}

/** What is made of the files of a folder beside this one. */
const cachedOf = (folder: string, make: (target: string) => Promise<unknown>): Promise<string> =>
  cached(`${folder}-${hashOf(join(HERE, folder))}`, make);

/** A receiver of which this machine lacks what it is made with is left out, and counted as skipped. */
async function orNothing(isPossible: boolean, make: () => Promise<string>): Promise<string | undefined> {
  if (!isPossible) return undefined;
  return make().catch((error: unknown) => {
    console.warn(`This receiver is not to be had: ${String(error).slice(0, 2000)}`);
    return undefined;
  });
}

/** A program in Go from the module of this folder; the first build takes minutes. */
const goProgram = (folder: string, what: string): Promise<string | undefined> =>
  orNothing(has('go', 'version'), () =>
    cachedOf(folder, (target) => run('go', ['build', '-trimpath', '-o', target, what], join(HERE, folder))),
  );

export const victoriaLogs = (): Promise<string | undefined> =>
  goProgram('victoria-logs', 'github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs');

export const otelCollector = (): Promise<string | undefined> => goProgram('otel-collector', '.');

const ALERTMANAGER = join('usr', 'bin', 'prometheus-alertmanager');
const TEMPLATES = '/usr/share/prometheus/alertmanager';
/** As long as the other, and the same place for a process whose working directory is where the package was unpacked. */
const UNPACKED_TEMPLATES = 'usr/share/prometheus//alertmanager';

/** Debian's Alertmanager reads its templates from where the package is installed, and will not start without. */
function readUnpackedTemplates(program: string): void {
  const code = readFileSync(program);
  for (let at = code.indexOf(TEMPLATES); at >= 0; at = code.indexOf(TEMPLATES, at))
    code.write(UNPACKED_TEMPLATES, at, 'latin1');
  writeFileSync(program, code);
}

/** Alertmanager as Debian has it, unpacked and not installed; answers the folder to start it in. */
export const alertmanager = (): Promise<string | undefined> =>
  orNothing(has('apt-get', '--version') && has('dpkg-deb', '--version'), () =>
    cached('alertmanager', async (target) => {
      mkdirSync(target, { recursive: true });
      await run('apt-get', ['download', 'prometheus-alertmanager'], target);
      const [archive = ''] = readdirSync(target);
      await run('dpkg-deb', ['-x', archive, '.'], target);
      readUnpackedTemplates(join(target, ALERTMANAGER));
    }),
  );

/** The validators from PyPI; answers the interpreter that has them. */
export const pythonValidators = (): Promise<string | undefined> =>
  orNothing(HAS_PYTHON, async () => {
    // Not renamed afterwards: an environment knows its own path.
    const folder = join(CACHE, `python-${hashOf(join(HERE, 'python'))}`);
    const python = join(folder, 'bin', 'python');
    const done = join(folder, 'requirements.txt');
    if (existsSync(done)) return python;
    mkdirSync(CACHE, { recursive: true });
    const list = join(HERE, 'python', 'requirements.txt');
    const quiet = ['--quiet', '--disable-pip-version-check', '--require-virtualenv'];
    await run('python3', ['-m', 'venv', '--clear', folder], CACHE);
    await run(python, ['-m', 'pip', 'install', ...quiet, '-r', list], CACHE);
    cpSync(list, done);
    return python;
  });

/** Packages from npm that are no dependencies of the project; answers the folder whose `node_modules` they are in. */
const npmPackages = (folder: string): Promise<string | undefined> =>
  orNothing(true, () =>
    cachedOf(folder, async (target) => {
      cpSync(join(HERE, folder), target, { recursive: true });
      await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], target);
    }),
  );

export const functionsFramework = (): Promise<string | undefined> => npmPackages('functions-framework');
export const nodeRed = (): Promise<string | undefined> => npmPackages('node-red');

/** OpenSearch and what it needs, from Maven, with the program that starts it; answers the class path. */
export const openSearch = (): Promise<string | undefined> =>
  orNothing(has('mvn', '-v') && has('javac', '-version'), async () => {
    const folder = await cachedOf('opensearch', async (target) => {
      const recipe = join(HERE, 'opensearch');
      const jars = join(target, 'jars');
      const pom = ['-f', join(recipe, 'pom.xml'), 'dependency:copy-dependencies'];
      await run('mvn', ['-q', '-B', ...pom, `-DoutputDirectory=${jars}`], HERE);
      const main = join(recipe, 'OpenSearch.java');
      await run('javac', ['-cp', join(jars, '*'), '-d', target, main], HERE);
    });
    return [folder, join(folder, 'jars', '*')].join(delimiter);
  });
