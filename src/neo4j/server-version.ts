import { BootError } from '../common/boot-error.js';

/** The oldest release whose Cypher is spoken here. Later ones are named by year: 2025.01. */
const OLDEST = [5, 26] as const;

/**
 * @param agent as a server calls itself: `Neo4j/5.26.28`
 * @throws BootError when it is older than what the statements need
 */
export function expectKnownServer(agent: string | undefined, uri: string): void {
  const [, version, major, minor] = /\/v?((\d+)\.(\d+)[^\s]*)/.exec(agent ?? '') ?? [];
  if (version === undefined) return;
  const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  if (!isOld) return;
  throw new BootError(
    `Neo4j at ${uri} is ${version}, and ${OLDEST.join('.')} or newer is needed: upgrade it, or set NEO4J_URI to another one. Nothing was changed in it.`,
  );
}
