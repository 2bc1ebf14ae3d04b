import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';

/** Of Node.js 22.15 and newer; the types are those of the oldest version that we run on. */
type WithStores = typeof tls & { getCACertificates?: (store: 'default') => string[] };

/** What `NODE_EXTRA_CA_CERTS` adds; a file that cannot be read is Node's to warn of. */
function extraCertificates(file: string | undefined): string[] {
  try {
    return file ? [readFileSync(file, 'utf8')] : [];
  } catch {
    return [];
  }
}

/**
 * Whom Node.js trusts when it is told nothing: its own list, `NODE_EXTRA_CA_CERTS`, and the system's store where Node was
 * started with `--use-system-ca`. A list of one's own takes the place of all that, so these have to be in it.
 *
 * @param stores `node:tls`, which knows them all from Node.js 22.15 on
 */
export function authoritiesOfNode(stores: WithStores = tls, env = process.env): string[] {
  if (stores.getCACertificates) return stores.getCACertificates('default');
  return [...tls.rootCertificates, ...extraCertificates(env['NODE_EXTRA_CA_CERTS'])];
}
