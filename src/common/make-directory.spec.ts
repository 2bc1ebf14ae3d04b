import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { makeDirectory } from './make-directory.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'make-directory-spec-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

it('makes what is missing, for its user only, and leaves what is there', () => {
  const deep = join(root, 'a', 'b');
  makeDirectory(deep);
  makeDirectory(deep);
  expect(statSync(deep).mode & 0o777).toBe(0o700);
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
});

it('fails at once where there can be none', () => {
  writeFileSync(join(root, 'file'), '');
  expect(() => {
    makeDirectory(join(root, 'file', 'x'));
  }).toThrow(/ENOTDIR|EEXIST/);
});

const onLinux = process.platform === 'linux' ? it : it.skip;
onLinux('fails at once in /proc, where a recursive mkdir never ends', () => {
  expect(() => {
    makeDirectory('/proc/nope/data');
  }).toThrow('ENOENT');
});
