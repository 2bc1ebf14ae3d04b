import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findJava, findMaven, majorVersion } from './java.js';

let home: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'java-spec-'));
  env = { ...process.env, JAVA_HOME: home };
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

async function installJava(version: string): Promise<string> {
  const java = join(home, 'bin', 'java');
  await mkdir(join(home, 'bin'));
  await writeFile(java, `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`);
  await chmod(java, 0o755);
  return java;
}

describe('Java and Maven', () => {
  it('reads the version of old and new Javas', () => {
    expect(majorVersion('openjdk version "17.0.15" 2025-04-15')).toBe(17);
    expect(majorVersion('java version "1.8.0_402"')).toBe(8);
    expect(majorVersion('openjdk version "21" 2023-09-19')).toBe(21);
    expect(majorVersion('command not found')).toBeUndefined();
  });

  it('takes the Java of JAVA_HOME', async () => {
    const java = await installJava('21.0.1');
    expect(await findJava(env)).toBe(java);
  });

  it.each(['11.0.2', '1.8.0_402'])('names both ways out with Java %s', async (version) => {
    await installJava(version);
    await expect(findJava(env)).rejects.toThrow(/needs Java 17.*Install Java 17 .* set NEO4J_URI/);
  });

  it('names both ways out without Java, and without Maven', async () => {
    await expect(findJava(env)).rejects.toThrow(/was not found.*Install Java 17 .* set NEO4J_URI/);
    await expect(findMaven({ PATH: home })).rejects.toThrow(/'mvn' was not found.*Maven, or set NEO4J_URI/);
  });
});
