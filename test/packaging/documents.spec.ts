import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const below = (directory: string): string[] =>
  readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' }).map((name) =>
    join(directory, name),
  );

/** All sources as one text, with the texts that are joined by `+` in one piece. */
const SOURCES = [...below('src'), ...below('scripts')]
  .filter((path) => /\.(?:ts|mjs)$/.test(path) && !path.endsWith('.spec.ts'))
  .map(read)
  .join('\n')
  .replace(/[`'] \+\n\s*[`']/g, '')
  .replaceAll("\\'", "'");

/** A message of the documents as a pattern: `…` is what a template fills in. */
function patternOf(message: string): RegExp {
  const parts = message.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('(?:\\$\\{[^`]*?\\}|[^`\\n]{0,80}?)'));
}

describe('docs/troubleshooting.md', () => {
  const messages = [...read('docs/troubleshooting.md').matchAll(/^\| `(.+?)` \|/gm)].map(
    ([, message = '']) => message,
  );

  it('has a table of messages', () => {
    expect(messages.length).toBeGreaterThan(30);
    expect(new Set(messages).size).toBe(messages.length);
  });

  it.each(messages)('speaks of a message that exists: %s', (message) => {
    expect(patternOf(message).test(SOURCES)).toBe(true);
  });
});

const DOCUMENTS = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...below('docs').filter((path) => path.endsWith('.md')),
];

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const anchorsIn = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

function deadLinksIn(path: string): string[] {
  const links = [...read(path).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : normalize(join(dirname(path), file));
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsIn(target).includes(anchor);
  });
}

describe('links between documents', () => {
  it.each(DOCUMENTS)('lead somewhere in %s', (path) => {
    expect(deadLinksIn(path)).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  const text = read('CONTRIBUTING.md');

  it('names files and folders that exist', () => {
    const paths = [...text.matchAll(/`((?:src|test|docs|\.ci)\/[^`<>*]+)`/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('names scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('the workflow of CI', () => {
  it('runs what everybody can run', () => {
    expect(read('.github/workflows/ci.yml')).toContain('run: .ci/run');
  });
});
