/** The licences of what runs in production: `npm run licences` writes docs/licences.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './command.mjs';

export const LICENCES_FILE = join(ROOT, 'docs', 'licences.md');

/** What the build puts into the console's pages: no dependency of what runs, and yet it is given away. */
const BUNDLED = new Set(['@tanstack/query-core', 'preact', 'preact-iso']);

const readJson = (...path) => JSON.parse(readFileSync(join(ROOT, ...path), 'utf8'));

/** Old packages name their licences in a list, which the lock file leaves out. */
function licenceOf(path, { license }) {
  if (license) return license;
  const { licenses = [] } = readJson(path, 'package.json');
  return licenses.map(({ type }) => type).join(' OR ') || 'unknown';
}

const isBundled = (path) => BUNDLED.has(path.replace(/^node_modules\//, ''));

/** @returns {{ name: string, version: string, licence: string }[]} each package once for each version, by name */
export function productionPackages() {
  const { packages } = readJson('package-lock.json');
  const found = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && (isBundled(path) || (!dev && !devOptional)))
    .map(([path, entry]) => ({
      name: path.split('node_modules/').at(-1),
      version: entry.version,
      licence: licenceOf(path, entry),
    }));
  const unique = new Map(found.map((entry) => [`${entry.name} ${entry.version}`, entry]));
  return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

/** The whole document. */
export function licencesDocument() {
  const rows = productionPackages().map(
    ({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`,
  );
  return [
    '# Licences',
    '',
    'Of the packages that run in production or are part of the console, from `package-lock.json`. Made by `npm run licences`; a test compares.',
    '',
    '| Package | Version | Licence |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(LICENCES_FILE, licencesDocument());
}
