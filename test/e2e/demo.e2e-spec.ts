import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const LOADER = './test/runner/typescript.mjs';

describe('npm run demo', () => {
  it('accounts for every delivery and ends with status 0', () => {
    const env = { ...process.env, NODE_OPTIONS: '' };
    const options = { cwd: ROOT, env, encoding: 'utf8' as const, timeout: 280_000 };
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', LOADER, 'demo/run.ts'],
      options,
    );
    expect(`${stdout}${stderr}`).toContain('Every delivery is accounted for.');
    expect(stdout.match(/ complete$/gm)).toHaveLength(4);
    expect(stdout.match(/all told$/gm)).toHaveLength(3);
    expect(stdout).toMatch(/^ *Splunk +\d+ in one request/m);
    expect(stdout).not.toContain('refused with');
    expect(status).toBe(0);
  }, 300_000);
});
