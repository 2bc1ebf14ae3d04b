/**
 * Ends the process with one sentence on a Node.js that is too old. Import it first: what comes after does not even
 * load there.
 */
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const required = engines.node.replace('>=', '');
const [major, minor] = required.split('.').map(Number);
const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
if (ownMajor < major || (ownMajor === major && ownMinor < minor)) {
  console.error(`Node.js ${required} or newer is needed; this is ${process.versions.node}.`);
  process.exit(1);
}
