import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { VERSION } from '../../src/common/version.js';
import { findJava } from '../../src/neo4j/embedded/java.js';

const run = promisify(execFile);
const POM = new URL('../../src/neo4j/embedded/pom.xml', import.meta.url);

/** What the figures were measured on, and with. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly java: string;
  readonly neo4j: string;
  readonly service: string;
  readonly commit: string;
}

async function javaVersion(): Promise<string> {
  const { stderr } = await run(await findJava(), ['-version']);
  return /version "([^"]+)"/.exec(stderr)?.[1] ?? 'unknown';
}

/** Of the artifacts that the embedded server is made of. */
async function neo4jVersion(): Promise<string> {
  const pom = await readFile(POM, 'utf8');
  return /<artifactId>neo4j<\/artifactId>\s*<version>([^<]+)/.exec(pom)?.[1] ?? 'unknown';
}

async function commit(): Promise<string> {
  const { stdout } = await run('git', ['describe', '--always', '--dirty'], { cwd: import.meta.dirname });
  return stdout.trim();
}

export async function describeMachine(): Promise<Machine> {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    kernel: `${type()} ${release()}`,
    node: process.version,
    java: await javaVersion().catch(() => 'unknown'),
    neo4j: await neo4jVersion(),
    service: VERSION,
    commit: await commit().catch(() => 'unknown'),
  };
}
