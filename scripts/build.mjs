/**
 * Compiles `src` into `dist` and builds the console's pages into `dist/console/public`, unless `dist` is what the sources say already: `npm run build`. npm does so after an
 * installation (`prepare`) and before a start, so that nobody starts what a `git pull` has made old.
 *
 * Another instance may be starting from the same `dist`. So the compiler writes elsewhere, and then each file that
 * differs takes its place by a rename: at no time is one missing or half written.
 */
import './supported-node.mjs';
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
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(ROOT, 'src');
const CONSOLE = join(ROOT, 'console');
const DIST = join(ROOT, 'dist');
/** What `dist` was made of. */
const STAMP = join(DIST, '.sources');
/** Beside `dist`: on its file system, and the source maps name the same paths from there. */
const FRESH = join(ROOT, `.dist-${process.pid}`);

const MISSING =
  'dist is missing, and so is the compiler: run npm ci with the development dependencies, or bring the dist of a built checkout.';
const OLD =
  'dist is older than src, and the compiler is not installed: what starts is the old one. Run npm ci to build the new one.';

/** The files below a directory, by their paths in it. */
function filesIn(directory) {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1)).sort();
}

const isNoTest = (name) => !name.endsWith('.spec.ts');

const contents = (path) => (existsSync(path) ? readFileSync(path) : undefined);

/** By content: after a checkout or a copy the times of files say little. */
function fingerprint() {
  const hash = createHash('sha256');
  const sources = filesIn(SRC).filter(isNoTest);
  const pages = existsSync(CONSOLE) ? filesIn(CONSOLE).filter(isNoTest) : [];
  const files = [
    // The version of package.json stands in the pages.
    ...['package.json', 'tsconfig.json', 'tsconfig.build.json'],
    ...sources.map((name) => join('src', name)),
    ...pages.map((name) => join('console', name)),
  ];
  for (const name of files) hash.update(`${name}\n`).update(readFileSync(join(ROOT, name)));
  return hash.digest('hex');
}

/** The compilers of this checkout; undefined where only what production needs is installed. */
function findCompilers() {
  const { resolve } = createRequire(import.meta.url);
  try {
    const vite = join(dirname(resolve('vite/package.json')), 'bin', 'vite.js');
    return { tsc: resolve('typescript/bin/tsc'), vite };
  } catch {
    return undefined;
  }
}

const succeeds = (args) =>
  spawnSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;

/** @returns whether it compiled */
function compile({ tsc, vite }) {
  if (!succeeds([tsc, '--project', join(ROOT, 'tsconfig.build.json'), '--outDir', FRESH])) return false;
  // What is no TypeScript goes along as it is: Cypher, and the list of Neo4j's parts.
  cpSync(SRC, FRESH, { recursive: true, filter: (path) => !path.endsWith('.ts') });
  if (!existsSync(CONSOLE)) return true;
  return succeeds([
    vite,
    'build',
    CONSOLE,
    '--outDir',
    join(FRESH, 'console', 'public'),
    '--logLevel',
    'warn',
  ]);
}

/** Puts what was compiled in the place of what is there. */
function publish(stamp) {
  mkdirSync(DIST, { recursive: true });
  rmSync(STAMP, { force: true });
  const fresh = filesIn(FRESH);
  for (const name of fresh) {
    const [from, to] = [join(FRESH, name), join(DIST, name)];
    if (contents(to)?.equals(readFileSync(from))) continue;
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  }
  for (const name of filesIn(DIST).filter((name) => !fresh.includes(name))) rmSync(join(DIST, name));
  writeFileSync(STAMP, stamp);
}

/** @returns the exit status */
function build() {
  const stamp = existsSync(SRC) ? fingerprint() : undefined;
  const isBuilt = existsSync(join(DIST, 'main.js'));
  // A package has no sources, and its dist is what it is.
  if (isBuilt && (stamp === undefined || contents(STAMP)?.toString() === stamp)) return 0;
  const compilers = stamp === undefined ? undefined : findCompilers();
  if (compilers === undefined) {
    console.error(isBuilt ? OLD : MISSING);
    // An installation without the compiler is right where a dist is brought along later.
    return isBuilt || process.env.npm_lifecycle_event === 'prepare' ? 0 : 1;
  }
  try {
    if (!compile(compilers)) return 1;
    publish(stamp);
    return 0;
  } finally {
    rmSync(FRESH, { recursive: true, force: true });
  }
}

process.exitCode = build();
