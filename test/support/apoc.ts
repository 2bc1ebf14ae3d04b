import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { layoutOf } from '../../src/neo4j/embedded/layout.js';

const ROOT = join(import.meta.dirname, '..', '..');
const POM = join(ROOT, 'test', 'faults', 'apoc', 'pom.xml');
/** Fetched once. */
const CACHE = join(ROOT, '.cache', 'apoc');

/** Whether this machine can fetch APOC. */
export const HAS_MAVEN = spawnSync('mvn', ['-v']).status === 0;
/** What a server with APOC needs in its neo4j.conf. */
export const APOC_SETTING = 'dbms.security.procedures.unrestricted=apoc.*';

/** APOC and what it needs beside Neo4j, from Maven. */
export async function apocJars(): Promise<string[]> {
  const where = ['-DincludeScope=runtime', `-DoutputDirectory=${CACHE}`];
  await promisify(execFile)('mvn', ['-q', '-B', '-f', POM, 'dependency:copy-dependencies', ...where]);
  return readdirSync(CACHE)
    .filter((name) => name.endsWith('.jar'))
    .map((name) => join(CACHE, name));
}

/** Its procedures are found in the folder of plugins, and triggers are off unless they are asked for. */
export function prepareApoc(dataDir: string, jars: readonly string[], triggers: boolean): void {
  const { home, conf } = layoutOf(dataDir);
  const plugins = join(home, 'plugins');
  for (const directory of [plugins, conf]) mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const jar of jars.filter((name) => basename(name).startsWith('apoc-'))) {
    cpSync(jar, join(plugins, basename(jar)));
  }
  writeFileSync(join(conf, 'apoc.conf'), `apoc.trigger.enabled=${triggers}\n`);
}
