import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { testConnection } from '../support/connection.js';

const ROOT = join(import.meta.dirname, '..', '..');
const PACKAGE = 'basset-hound-webhooks';

/** Every installed package, straight under node_modules, that production needs. */
function productionPackages(): string[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  return Object.entries<any>(packages)
    .filter(([path, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !dev)
    .map(([path]) => path.slice('node_modules/'.length))
    .filter((name) => existsSync(join(ROOT, 'node_modules', name)));
}

/** What `npm install` would do with the packed package, without a network. */
function install(directory: string): void {
  const packed = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', directory],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const [{ filename }] = JSON.parse(packed.toString());
  const modules = join(directory, 'node_modules');
  mkdirSync(join(modules, PACKAGE), { recursive: true });
  const target = ['-C', join(modules, PACKAGE), '--strip-components=1'];
  execFileSync('tar', ['-xzf', join(directory, filename), ...target]);
  for (const name of [...productionPackages(), '@types/node', 'typescript', 'undici-types']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    if (!existsSync(join(modules, name))) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
}

describe('a consuming application', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'consumer-'));
    cpSync(join(ROOT, 'examples', 'consumer'), directory, {
      recursive: true,
      filter: (path) => !/node_modules|dist$|data$/.test(path.slice(ROOT.length)),
    });
    install(directory);
  }, 60_000);

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('gets the sources of the package compiled, and nothing of its tests', () => {
    const dist = join(directory, 'node_modules', PACKAGE, 'dist');
    const files = execFileSync('find', [dist, '-type', 'f']).toString();
    expect(files).toContain('/dist/index.js');
    expect(files).toContain('/dist/index.d.ts');
    expect(files).toMatch(/\.cypher\n/);
    expect(files).not.toContain('.spec.');
  });

  it('compiles and runs against the packed package, and its events arrive', () => {
    execFileSync(process.execPath, [join(directory, 'node_modules/typescript/bin/tsc')], { cwd: directory });
    const { uri, user, password } = testConnection();
    const output = execFileSync(process.execPath, ['dist/main.js'], {
      cwd: directory,
      env: {
        PATH: process.env['PATH'],
        ...{ NEO4J_URI: uri, NEO4J_USER: user, NEO4J_PASSWORD: password },
        SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
      },
    });
    expect(output.toString()).toContain('arrived: case.closed, entity.created');
  }, 90_000);
});
