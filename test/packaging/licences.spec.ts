import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const SCRIPT = join(ROOT, 'test', 'runner', 'licences.mjs');

/** Licences that ask for no more than to be named. */
const PERMISSIVE = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'Python-2.0',
]);

/** Of files that we neither change nor copy, see docs/decisions.md: whoever changes them shows the change. */
const UNCHANGED: Readonly<Record<string, string>> = { 'json-e': 'MPL-2.0' };

const isGood = ({ name, licence }: any): boolean => PERMISSIVE.has(licence) || UNCHANGED[name] === licence;

/** In a process of its own: Jest does not transform scripts. */
function ask(expression: string): any {
  const code = `import * as licences from ${JSON.stringify(SCRIPT)}; console.log(JSON.stringify(${expression}));`;
  const env = { ...process.env, NODE_OPTIONS: '' };
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', code], { env, encoding: 'utf8' }),
  );
}

describe('docs/licences.md', () => {
  it('is what package-lock.json says; if not: npm run licences', () => {
    expect(readFileSync(join(ROOT, 'docs', 'licences.md'), 'utf8')).toBe(ask('licences.licencesDocument()'));
  });

  it('names only licences that ask for no more than to be named, and one for files that we do not touch', () => {
    const packages = ask('licences.productionPackages()');
    expect(packages.length).toBeGreaterThan(50);
    expect(packages.filter((one: any) => !isGood(one))).toEqual([]);
  });
});
