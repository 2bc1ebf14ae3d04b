import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { AddressPolicy } from './address-policy.js';

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 4000;
const MAX_HEADER_BYTES = 16 * 1024;

/** The address that a request would have gone to is not one that may be called. */
export class PolicyError extends Error {
  constructor(host: string) {
    super(`${host} is not an address that may be called`);
    this.name = 'PolicyError';
  }
}

type LookupCallback = (
  error: Error | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** A DNS look-up that answers only what the policy allows: the socket connects to the very addresses it was given. */
export function guardedLookup(policy: AddressPolicy) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, []);
        return;
      }
      const allowed = addresses.filter(({ address }) => policy.isAllowed(address));
      const [first] = allowed;
      if (!first) callback(new PolicyError(hostname), []);
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** Checks literal addresses, which are never looked up, and leaves names to the guarded look-up. */
function guardedConnector(policy: AddressPolicy): buildConnector.connector {
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup(policy) } as never);
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !policy.isAllowed(host)) callback(new PolicyError(host), null);
    else connect(options, callback);
  };
}

/**
 * The connections to receivers: kept alive, one request at a time on each, as many as the dispatcher asks for.
 * No proxy, no redirects, no cookies, no decompression; TLS is verified.
 */
export function createOutboundAgent(policy: AddressPolicy, timeoutMs: number): Agent {
  return new Agent({
    connect: guardedConnector(policy),
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS * 10,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
}
