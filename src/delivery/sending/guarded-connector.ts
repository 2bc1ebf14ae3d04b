import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import type { AddressPolicy } from './address-policy.js';
import type { OwnEndpoints } from './own-endpoints.js';
import { PolicyError } from './request-errors.js';

const CONNECT_TIMEOUT_MS = 10_000;

/** Tells which addresses may be called. */
type AddressCheck = Pick<AddressPolicy, 'isAllowed'>;

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** A DNS look-up that answers only what the policy allows: the socket connects to the very addresses it was given. */
export function guardedLookup(policy: AddressCheck, lookup: typeof resolve = resolve) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
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

const endedAfterUse = new WeakSet<Error>();

/**
 * Whether the error is the end of a connection that had answered before. When the request at hand got not a byte of
 * an answer, the receiver had most likely closed the idle connection before the request arrived.
 */
export function isEndOfUsedConnection(error: Error): boolean {
  return endedAfterUse.has(error);
}

function watch(socket: Socket): void {
  socket.once('error', (error) => {
    if (socket.bytesRead > 0) endedAfterUse.add(error);
  });
}

/** Connects only where the check allows: literal addresses are checked here, names by the guarded look-up. */
function connectorFor(check: AddressCheck, tls: SecureContext | undefined): buildConnector.connector {
  // Undici types `lookup` by one overload of Node's.
  const secureContext = tls && { secureContext: tls };
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    lookup: guardedLookup(check),
    ...secureContext,
  });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !check.isAllowed(host)) {
      callback(new PolicyError(host), null);
      return;
    }
    connect(options, (...result) => {
      if (result[1]) watch(result[1]);
      callback(...result);
    });
  };
}

/**
 * Connects only where the policy allows, and never to ourselves.
 *
 * @param tls whom to trust; undefined = as Node.js does
 */
export function guardedConnector(
  policy: AddressPolicy,
  own: OwnEndpoints,
  tls?: SecureContext,
): buildConnector.connector {
  const connect = connectorFor(policy, tls);
  return (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    if (!own.uses(port)) {
      connect(options, callback);
      return;
    }
    void own.at(port).then((isOwn) => {
      const isAllowed = (address: string): boolean => policy.isAllowed(address) && !isOwn(address);
      connectorFor({ isAllowed }, tls)(options, callback);
    });
  };
}
