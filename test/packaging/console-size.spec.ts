import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = join(import.meta.dirname, '..', '..');
const VITE = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');

jest.setTimeout(120_000);

let built: string;

beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'console-'));
  const args = [
    VITE,
    'build',
    join(ROOT, 'console'),
    '--outDir',
    built,
    '--emptyOutDir',
    '--logLevel',
    'warn',
  ];
  expect(spawnSync(process.execPath, args, { encoding: 'utf8' })).toMatchObject({ status: 0 });
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

const files = (ending: string): string[] =>
  readdirSync(join(built, 'assets')).filter((name) => name.endsWith(ending));
const text = (name: string): string => readFileSync(join(built, name), 'utf8');
const kilobytes = (ending: string): number =>
  files(ending).reduce((sum, name) => sum + gzipSync(text(join('assets', name))).length, 0) / 1024;

describe('the pages of the console', () => {
  it.each([
    ['.js', 60],
    ['.css', 12],
  ])('weigh little: %s at most %d KB over the wire', (ending, limit) => {
    expect(files(ending)).toHaveLength(1);
    expect(kilobytes(ending)).toBeLessThan(limit);
  });

  it('hold nothing that the content policy refuses', () => {
    const page = text('index.html');
    expect(page).not.toMatch(/<style|style=|<script>|\son\w+=|javascript:|data:/);
    expect(page.match(/(?:src|href)="(?!\/console\/)[^"]*"/g)).toBeNull();
    for (const name of files('.js'))
      expect(text(join('assets', name))).not.toMatch(/\beval\(|new Function\(/);
    for (const name of files('.css')) expect(text(join('assets', name))).not.toMatch(/url\(|@import/);
  });

  it('go with the notices of what is in them', () => {
    for (const name of ['preact', 'preact-iso', '@tanstack/query-core'])
      expect(text('licences.md')).toContain(name);
  });
});
