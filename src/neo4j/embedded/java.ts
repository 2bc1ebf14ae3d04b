import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BootError } from '../../common/boot-error.js';

const run = promisify(execFile);
const MINIMUM = 17;

const WAYS_OUT =
  'Install Java 17 or later and Maven, or set NEO4J_URI to a Neo4j that runs elsewhere (docker compose brings one).';

/** The `java` of JAVA_HOME, else the one on the PATH. */
function javaCommand(env: NodeJS.ProcessEnv): string {
  const home = env['JAVA_HOME'];
  return home ? join(home, 'bin', 'java') : 'java';
}

/** `openjdk version "17.0.15"` → 17; `"1.8.0_402"` → 8. */
export function majorVersion(output: string): number | undefined {
  const found = /version "(?:1\.)?(\d+)/.exec(output);
  return found ? Number(found[1]) : undefined;
}

/**
 * The command of a Java that Neo4j runs on.
 * @throws BootError with both ways out
 */
export async function findJava(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const command = javaCommand(env);
  const output = await run(command, ['-version'], { env }).then(
    ({ stderr, stdout }) => stderr + stdout,
    () => '',
  );
  const version = majorVersion(output);
  if (version === undefined)
    throw new BootError(`The embedded Neo4j needs Java, and '${command}' was not found. ${WAYS_OUT}`);
  if (version < MINIMUM)
    throw new BootError(
      `The embedded Neo4j needs Java ${MINIMUM}, and '${command}' is ${version}. ${WAYS_OUT}`,
    );
  return command;
}

/** @throws BootError with both ways out */
export async function findMaven(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  try {
    await run('mvn', ['--version'], { env });
    return 'mvn';
  } catch {
    throw new BootError(`The embedded Neo4j is downloaded by Maven, and 'mvn' was not found. ${WAYS_OUT}`);
  }
}
