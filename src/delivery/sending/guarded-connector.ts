import type { LookupAddress, LookupOptions } from 'node:dns';
import { isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import type { AddressPolicy } from './address-policy.js';
import { readStatusOf } from './answer-status.js';
import type { OwnEndpoints } from './own-endpoints.js';
import type { NameLookup } from './name-lookup.js';
import type { PublicHosts } from './destination-guard.js';
import { PolicyError } from './request-errors.js';

/** Longest wait for a connection, TLS included; an attempt with a shorter deadline does not wait longer than that. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Tells which addresses may be called. */
type AddressCheck = Pick<AddressPolicy, 'isAllowed'>;

/** What connections are made by. */
export interface ConnectorSettings {
  readonly policy: AddressPolicy;
  readonly own: OwnEndpoints;
  readonly publicHosts: PublicHosts;
  readonly lookup: NameLookup;
  /** Of an attempt, ms. */
  readonly deadlineMs: number;
  /** Whom to trust; undefined = as Node.js does. */
  readonly tls?: SecureContext | undefined;
}

type Names = Pick<ConnectorSettings, 'lookup' | 'publicHosts'>;
type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** A DNS look-up that answers only what the policy allows: the socket connects to the very addresses it was given. */
export function guardedLookup(policy: AddressCheck, { lookup, publicHosts }: Names) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, []);
        return;
      }
      const allowed = addresses.filter(({ address }) => policy.isAllowed(address));
      publicHosts.note(
        hostname,
        allowed.map(({ address }) => address),
      );
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
  readStatusOf(socket);
  socket.once('error', (error) => {
    if (socket.bytesRead > 0) endedAfterUse.add(error);
  });
}

/** Connects only where the check allows: literal addresses are checked here, names by the guarded look-up. */
function connectorFor(check: AddressCheck, settings: ConnectorSettings): buildConnector.connector {
  const { deadlineMs, tls } = settings;
  const connect = buildConnector({
    timeout: Math.min(CONNECT_TIMEOUT_MS, deadlineMs),
    // Undici types `lookup` by one overload of Node's.
    lookup: guardedLookup(check, settings),
    ...(tls && { secureContext: tls }),
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

/** Connects only where the policy allows, and never to ourselves. */
export function guardedConnector(settings: ConnectorSettings): buildConnector.connector {
  const { policy, own } = settings;
  const connect = connectorFor(policy, settings);
  return (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    if (!own.uses(port)) {
      connect(options, callback);
      return;
    }
    void own.at(port, settings.lookup).then((isOwn) => {
      const isAllowed = (address: string): boolean => policy.isAllowed(address) && !isOwn(address);
      connectorFor({ isAllowed }, settings)(options, callback);
    });
  };
}
