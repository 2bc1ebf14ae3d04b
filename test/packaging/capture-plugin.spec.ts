import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const PLUGIN = fileURLToPath(new URL('../../capture-plugin/', import.meta.url));
const JAR = 'basset-capture.jar';

/** Another compiler may write other bytes for the same source. */
async function hasJdk17(): Promise<boolean> {
  const { stdout } = await run('javac', ['-version']).catch(() => ({ stdout: '' }));
  return (
    /^javac 17\./.test(stdout) &&
    (await run('mvn', ['-v']).then(
      () => true,
      () => false,
    ))
  );
}

async function digest(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

const onJdk17 = (await hasJdk17()) ? it : it.skip;

describe('the jar of the capture plugin', () => {
  onJdk17(
    'is what its source gives, byte for byte, and its own tests pass',
    async () => {
      const directory = await mkdtemp(join(tmpdir(), 'capture-plugin-'));
      try {
        for (const part of ['pom.xml', 'src'])
          await cp(join(PLUGIN, part), join(directory, part), { recursive: true });
        await run('mvn', ['-q', '-B', '-f', join(directory, 'pom.xml'), 'package'], { maxBuffer: 1e7 });
        expect(await digest(join(directory, 'target', JAR))).toBe(await digest(join(PLUGIN, JAR)));
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
    300_000,
  );
});
