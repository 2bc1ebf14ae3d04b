import { jest } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '..', '..');
const COPIED = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts'];

// Each build takes seconds, on a busy machine many.
jest.setTimeout(120_000);

/** A checkout of three sources, with everything around them that the build reads. */
let checkout: string;

const at = (path: string): string => join(checkout, path);
const write = (path: string, text: string): void => writeFileSync(at(path), text);
const printed = (): string =>
  spawnSync(process.execPath, [at('dist/main.js')], { encoding: 'utf8' }).stdout.trim();

function build(env: Record<string, string> = {}): { status: number | null; said: string } {
  const result = spawnSync(process.execPath, [at('scripts/build.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', npm_lifecycle_event: 'prestart', ...env },
  });
  return { status: result.status, said: result.stdout + result.stderr };
}

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'build-'));
  for (const name of COPIED) cpSync(join(ROOT, name), at(name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), at('node_modules'));
  mkdirSync(at('src/schema'), { recursive: true });
  write('src/schema/001.cypher', 'RETURN 1');
  write('src/word.ts', 'export const WORD: string = "one";\n');
  write('src/main.ts', 'import { WORD } from "./word.js";\nconsole.log(WORD);\n');
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

describe('the build', () => {
  it('compiles, takes along what is no TypeScript, and leaves nothing else behind', () => {
    write('src/word.spec.ts', 'this is no TypeScript');
    expect(build()).toEqual({ status: 0, said: '' });
    expect(printed()).toBe('one');
    expect(readFileSync(at('dist/schema/001.cypher'), 'utf8')).toBe('RETURN 1');
    expect(existsSync(at('dist/word.spec.js'))).toBe(false);
    expect(readdirSync(checkout).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('does nothing when nothing changed, whatever the times of the files say', () => {
    build();
    const before = statSync(at('dist/main.js'), { bigint: true });
    cpSync(at('src'), at('again'), { recursive: true });
    rmSync(at('src'), { recursive: true });
    cpSync(at('again'), at('src'), { recursive: true });
    expect(build()).toEqual({ status: 0, said: '' });
    const after = statSync(at('dist/main.js'), { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  it.each([
    ['a source is another', 'src/word.ts', 'export const WORD: string = "two";\n'],
    ['an older version is checked out again', 'src/main.ts', 'console.log("two");\n'],
  ])('builds anew when %s', (_, path, text) => {
    build();
    write(path, text);
    expect(build().status).toBe(0);
    expect(printed()).toBe('two');
  });

  it('removes what has no source any more', () => {
    build();
    write('src/main.ts', 'console.log("alone");\n');
    rmSync(at('src/word.ts'));
    rmSync(at('src/schema/001.cypher'));
    build();
    expect(readdirSync(at('dist'), { recursive: true }).map(String).sort()).toEqual([
      '.sources',
      'main.d.ts',
      'main.js',
      'main.js.map',
      'schema',
    ]);
  });

  it('never takes away what another instance may be starting', async () => {
    build();
    write('src/word.ts', 'export const WORD: string = "two";\n');
    const child = spawn(process.execPath, [at('scripts/build.mjs')], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    let missing = 0;
    while (child.exitCode === null) {
      for (const name of ['main.js', 'word.js', 'schema/001.cypher'])
        if (!existsSync(at(`dist/${name}`))) missing += 1;
      await turn();
    }
    await ended;
    expect(missing).toBe(0);
    expect(printed()).toBe('two');
  });

  it('leaves dist alone when the sources do not compile', () => {
    build();
    write('src/word.ts', 'export const WORD: number = "three";\n');
    const { status, said } = build();
    expect(status).toBe(1);
    expect(said).toContain('src/word.ts');
    expect(printed()).toBe('one');
  });
});

describe('without the compiler', () => {
  it('starts what is built already, and says when it is old', () => {
    build();
    rmSync(at('node_modules'));
    expect(build()).toEqual({ status: 0, said: '' });
    write('src/word.ts', 'export const WORD: string = "two";\n');
    const { status, said } = build();
    expect(status).toBe(0);
    expect(said).toContain('dist is older than src');
    expect(printed()).toBe('one');
  });

  it('does not start when nothing is built, but may be installed', () => {
    rmSync(at('node_modules'));
    expect(build()).toEqual({ status: 1, said: expect.stringContaining('dist is missing') });
    expect(build({ npm_lifecycle_event: 'prepare' }).status).toBe(0);
  });
});

describe('a Node.js that is too old', () => {
  const preload = (version: string): string =>
    `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`;

  it.each(['18.20.8', '20.18.3'])('is told in one sentence: %s', (version) => {
    for (const script of ['scripts/build.mjs', 'test/runner/run.mjs']) {
      const args = ['--import', preload(version), join(ROOT, script)];
      const { status, stderr } = spawnSync(process.execPath, args, {
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '' },
      });
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: `Node.js 20.19.0 or newer is needed; this is ${version}.\n`,
      });
    }
  });

  it.each(['20.19.0', '22.0.0'])('is not %s', (version) => {
    const args = ['--import', preload(version), join(ROOT, 'scripts/supported-node.mjs')];
    expect(spawnSync(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } }).status).toBe(0);
  });
});
