import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import { createSecureContext } from 'node:tls';
import { Agent } from 'undici';
import { type ConnectorSettings, guardedConnector } from './guarded-connector.js';

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

const KEEP_ALIVE_MS = 4000;
/** Of an answer; with more it counts by its status line. */
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * The connections to receivers, as many as the dispatcher asks for, one request at a time on each.
 * No proxy, no redirects, no cookies, no decompression; TLS is verified. The deadline is the sender's.
 */
export class OutboundAgent {
  /** Connections that are kept for the next request. */
  readonly kept: Agent;
  /** A new connection for every request. */
  readonly fresh: Agent;

  /** @param authorities certificates in PEM format to trust besides all that Node.js trusts */
  constructor(settings: Omit<ConnectorSettings, 'tls'>, authorities: readonly string[] = []) {
    // Made once: reading the 150 certificates of Node.js for each connection takes milliseconds.
    const tls =
      authorities.length > 0
        ? createSecureContext({ ca: [...authoritiesOfNode(), ...authorities] })
        : undefined;
    const options: Agent.Options = {
      connect: guardedConnector({ ...settings, tls }),
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS * 10,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    this.kept = new Agent({ ...options, pipelining: 1 });
    this.fresh = new Agent({ ...options, pipelining: 0 });
  }

  /** Ends all connections, whatever is going on on them. */
  async destroy(): Promise<void> {
    await Promise.all([this.kept.destroy(), this.fresh.destroy()]);
  }
}
