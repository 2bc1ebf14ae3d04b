import { createSecureContext } from 'node:tls';
import { Agent } from 'undici';
import { type ConnectorSettings, guardedConnector } from './guarded-connector.js';
import { authoritiesOfNode } from './trusted-authorities.js';

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
