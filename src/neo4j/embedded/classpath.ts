import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BootError } from '../../common/boot-error.js';
import { findMaven } from './java.js';
import type { Layout } from './layout.js';
import { endWithUs } from './processes.js';

const POM = fileURLToPath(new URL('pom.xml', import.meta.url));
const PROGRESS_MS = 3000;

interface CachedClasspath {
  readonly pom: string;
  readonly classpath: string;
}

/** The class path of Neo4j: remembered for as long as the pom is the same and every jar is there. */
export async function resolveClasspath(layout: Layout, log: (message: string) => void): Promise<string> {
  const pom = createHash('sha256')
    .update(await readFile(POM))
    .digest('hex');
  const cached = await readCached(layout);
  if (cached?.pom === pom && (await allExist(cached.classpath))) return cached.classpath;
  const classpath = await downloadWithMaven(await findMaven(), log);
  await writeFile(layout.classpath, JSON.stringify({ pom, classpath } satisfies CachedClasspath));
  return classpath;
}

async function readCached({ classpath }: Layout): Promise<CachedClasspath | undefined> {
  try {
    return JSON.parse(await readFile(classpath, 'utf8')) as CachedClasspath;
  } catch {
    return undefined;
  }
}

async function allExist(classpath: string): Promise<boolean> {
  const found = classpath.split(delimiter).map((jar) => access(jar));
  return Promise.all(found).then(
    () => true,
    () => false,
  );
}

async function downloadWithMaven(maven: string, log: (message: string) => void): Promise<string> {
  log('Fetching Neo4j with Maven (the first time about 120 MB)');
  const directory = await mkdtemp(join(tmpdir(), 'embedded-neo4j-'));
  const output = join(directory, 'classpath');
  try {
    await runMaven(maven, output, directory, log);
    return (await readFile(output, 'utf8')).trim();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runMaven(
  maven: string,
  output: string,
  cwd: string,
  log: (message: string) => void,
): Promise<void> {
  const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${output}`, '-DincludeScope=runtime'];
  const child = spawn(maven, ['-B', '-f', POM, ...goal], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const release = endWithUs(child.pid);
  const errors: string[] = [];
  let jars = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (/Downloaded from .*\.jar/.test(line)) jars += 1;
    if (line.startsWith('[ERROR]')) errors.push(line);
  });
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const progress = setInterval(() => {
    log(jars === 0 ? 'Maven is resolving Neo4j' : `Downloading Neo4j: ${jars} jars so far`);
  }, PROGRESS_MS);
  const [status] = (await once(child, 'close').finally(() => {
    clearInterval(progress);
    release();
  })) as [number | null];
  if (status === 0) return;
  const reason = errors.join('\n').slice(0, 500);
  throw new BootError(
    `Maven could not fetch Neo4j: check the network, or set NEO4J_URI. Maven said:\n${reason}`,
  );
}
