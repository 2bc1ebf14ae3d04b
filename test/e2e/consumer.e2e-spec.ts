import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testConnection } from '../support/connection.js';
import { emptyGraph } from '../support/graph.js';
import { ServiceProcess } from '../support/service-process.js';

const ROOT = join(import.meta.dirname, '..', '..');
const PACKAGE = 'basset-hound-webhooks';
/** What no checkout has. */
const NOT_CHECKED_OUT = new Set(['node_modules', '.git', '.cache', 'data', 'test-results', 'coverage']);
/** It fetches packages, on a busy machine. */
const INSTALL_MS = 240_000;

/** The lines of the README of the example, but the first: this checkout is installed and built already. */
function linesOfReadme(): string[] {
  const text = readFileSync(join(ROOT, 'examples/consumer/README.md'), 'utf8');
  const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(text) ?? [];
  const lines = block.trim().split('\n');
  expect(lines[0]).toMatch(/^npm ci\b/);
  return lines.slice(1);
}

/** The values that a reader puts in. */
function filledIn(line: string): string {
  const { uri, password } = testConnection();
  return line
    .replace('bolt://127.0.0.1:7687', uri)
    .replace('NEO4J_PASSWORD=…', `NEO4J_PASSWORD='${password}'`);
}

/** A shell that no npm has started, and no test. */
const SHELL = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS|JEST_)/.test(name)),
  ),
  ...{ npm_config_audit: 'false', npm_config_fund: 'false', npm_config_prefer_offline: 'true' },
};

/** A checkout with everything installed, as `npm ci` leaves it, beside this one. */
let checkout: string;

beforeAll(emptyGraph);
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'checkout-'));
  for (const name of readdirSync(ROOT)) {
    if (NOT_CHECKED_OUT.has(name) || name.startsWith('.dist-')) continue;
    const filter = (path: string): boolean => !/\/node_modules$|examples\/consumer\/(dist|data)$/.test(path);
    cpSync(join(ROOT, name), join(checkout, name), { recursive: true, filter });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
}, 60_000);
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

describe('the consuming application', () => {
  it(
    'installs, builds and runs by the lines of its README, and its events arrive',
    () => {
      const script = linesOfReadme().map(filledIn).join('\n');
      expect(script).toContain('npm install');
      const output = execFileSync('sh', ['-ec', script], { cwd: checkout, env: SHELL });
      expect(output.toString()).toContain('arrived: case.closed, entity.created');
    },
    INSTALL_MS,
  );

  it('gets the package as npm would publish it: compiled, and nothing of its tests', () => {
    const installed = join(checkout, 'examples/consumer/node_modules', PACKAGE);
    const files = execFileSync('find', [join(installed, 'dist'), '-type', 'f']).toString();
    expect(files).toContain('/dist/index.js');
    expect(files).toContain('/dist/index.d.ts');
    expect(files).toMatch(/\.cypher\n/);
    expect(files).not.toContain('.spec.');
    expect(existsSync(join(installed, 'test'))).toBe(false);
  });
});

describe('the packed package', () => {
  it(
    'runs with nothing but what production needs',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'packed-'));
      const npm = (...args: string[]): Buffer => execFileSync('npm', args, { cwd: directory, env: SHELL });
      try {
        const packed = npm('pack', ROOT, '--json', '--ignore-scripts');
        const [{ filename }] = JSON.parse(packed.toString());
        npm('install', `./${filename}`, '--omit=dev', '--no-package-lock');
        const modules = join(directory, 'node_modules');
        expect(existsSync(join(modules, 'typescript'))).toBe(false);
        const service = await ServiceProcess.start(
          testConnection(),
          {},
          { main: join(modules, PACKAGE, 'dist/main.js') },
        );
        expect((await service.call('GET', '/health/ready')).status).toBe(200);
        expect(await service.end('SIGTERM')).toBe(0);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
    INSTALL_MS,
  );
});
