import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../../src/config/environment.js';
import { BLOCK_EDGES, SPECIAL_BLOCKS } from '../support/hostile/blocks.js';
import { HOSTILE_URLS, PUBLIC_URLS, type Refusal } from '../support/hostile/destinations.js';
import { HOSTILE_RECEIVERS } from '../support/hostile/receivers.js';
import { BROKEN_REQUESTS } from '../support/hostile/requests.js';
import { HOSTILE_BODIES, HOSTILE_DATA, HOSTILE_STRINGS } from '../support/hostile/strings.js';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const text = read('docs/security.md');

const urls = (refusal: Refusal): number => HOSTILE_URLS.filter(([, given]) => given === refusal).length;

const COUNTS: Readonly<Record<string, number>> = {
  'special blocks of addresses': SPECIAL_BLOCKS.length,
  'addresses at their edges': BLOCK_EDGES.length,
  'URLs of places that are not public': urls('not public'),
  'URLs that are none, or have what a webhook’s must not have': urls('no url'),
  'other schemes': urls('scheme'),
  'odd URLs of public places': PUBLIC_URLS.length,
  'hostile strings, in 12 fields of a webhook and 8 of an event, paths, queries and headers':
    HOSTILE_STRINGS.length,
  'odd values of `data`': HOSTILE_DATA.length,
  'bodies that are none': HOSTILE_BODIES.length,
  'requests that are none': BROKEN_REQUESTS.length,
  'connections at once': Number(/CROWD = (\d+)/.exec(read('test/e2e/hostile-clients.e2e-spec.ts'))?.[1]),
  'hostile receivers': HOSTILE_RECEIVERS.length,
};

describe('docs/security.md', () => {
  const [, tried = ''] = /## Tried\n([\s\S]*?)\n## /.exec(text) ?? [];
  const rows = [...tried.matchAll(/^\| (.+?) \| (\d+) \|/gm)].map(([, what, count]) => [what, Number(count)]);

  it('tells how much was tried, as the tables of the tests have it', () => {
    expect(Object.fromEntries(rows)).toEqual(COUNTS);
  });

  const named = [...text.matchAll(/\| `((?:test|src)\/[^`]+)` \| (.+?) \|$/gm)].map(
    ([, file = '', name = '']) => [file, name] as const,
  );

  it.each(named)('names a test that exists: %s, %s', (file, name) => {
    expect(existsSync(join(ROOT, file))).toBe(true);
    expect(read(file)).toContain(name);
  });

  it('names a test for each defence', () => {
    const [, defences = ''] = /## Defences\n([\s\S]*?)\n## /.exec(text) ?? [];
    const lines = defences
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| Defence'));
    expect(named).toHaveLength(lines.length);
    expect(named.length).toBeGreaterThan(30);
  });
});

describe('the loopback', () => {
  const secretsKey = Buffer.alloc(32).toString('base64');

  it('is closed by default', () => {
    expect(readEnvironment({ SECRETS_KEY: secretsKey }).allowedNetworks).toEqual([]);
  });

  it.each(['README.md', 'demo/service.ts', 'bench/support/service.ts', 'test/support/app.ts'])(
    'is opened in %s where one can see it',
    (file) => {
      expect(read(file)).toMatch(/ALLOWED_NETWORKS(?:=|: ')127\.0\.0\.0\/8/);
    },
  );
});
