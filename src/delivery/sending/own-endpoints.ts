import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Address, destinationOf, isSame } from './address-policy.js';
import type { NameLookup } from './name-lookup.js';

/** They change while a process runs (a lease, a tunnel, a container network), but not from one connection to the next. */
const FRESH_MS = 1000;

/** The addresses of this machine's interfaces, as they are now. */
export function interfaceAddresses(): Address[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.flatMap(({ address }) => destinationOf(address) ?? []);
}

/**
 * What tells them, looked up at most once a second: to ask the system costs more than all other checks of a connection.
 *
 * @param now monotonic, ms
 */
export function interfaceWatch(look: () => Address[], now: () => number): () => readonly Address[] {
  let known: readonly Address[] = [];
  let knownAt = -Infinity;
  return () => {
    if (now() - knownAt >= FRESH_MS) {
      known = look();
      knownAt = now();
    }
    return known;
  };
}

/** The addresses of a host; a name that nobody knows has none. */
function addressesOf(host: string, lookup: NameLookup): Promise<string[]> {
  if (isIP(host) !== 0) return Promise.resolve([host]);
  return new Promise((done) => {
    lookup(host, { all: true }, (error, found) => done(error ? [] : found.map(({ address }) => address)));
  });
}

async function resolved(hosts: Iterable<string>, lookup: NameLookup): Promise<Address[]> {
  const found = await Promise.all([...hosts].map((host) => addressesOf(host, lookup)));
  return found.flat().flatMap((text) => destinationOf(text) ?? []);
}

/** The address that a host stands for without any look-up. */
function literal(host: string): Address | undefined {
  return destinationOf(host === 'localhost' ? '127.0.0.1' : host);
}

function isEverywhere(address: Address): boolean {
  return address.range() === 'unspecified';
}

/** Loopback, or the unspecified address, which leads there as a destination. */
function isThisHost(address: Address): boolean {
  return address.range() === 'loopback' || isEverywhere(address);
}

function leadsTo(address: Address, own: Address): boolean {
  if (isThisHost(own) && isThisHost(address)) return true;
  return (isEverywhere(own) ? interfaceAddresses() : [own]).some((one) => isSame(one, address));
}

/**
 * Where the service itself and its Neo4j listen. No webhook may lead there, not even in a network that is allowed: the
 * body of an event is one that `POST /events` takes, so that a webhook on `*` would feed itself for ever.
 */
export class OwnEndpoints {
  private readonly hostsByPort = new Map<number, Set<string>>();

  /** @param host a name, an address, or the unspecified address for all of this machine */
  register(host: string, port: number): void {
    const hosts = this.hostsByPort.get(port) ?? new Set();
    this.hostsByPort.set(port, hosts.add(host.toLowerCase()));
  }

  /** Whether anything of ours listens on this port, wherever. */
  uses(port: number): boolean {
    return this.hostsByPort.has(port);
  }

  /** Whether a URL says literally that it leads to us: an address, or the name that we were given. */
  isNamedBy(host: string, port: number): boolean {
    const address = literal(host);
    return [...(this.hostsByPort.get(port) ?? [])].some((named) => {
      const own = literal(named);
      return named === host || (address && own && leadsTo(address, own));
    });
  }

  /** What tells of an address, literal as it is connected to, whether it is ours on this port. Never rejects. */
  async at(port: number, lookup: NameLookup): Promise<(address: string) => boolean> {
    const own = await resolved(this.hostsByPort.get(port) ?? [], lookup);
    return (text) => {
      const address = destinationOf(text);
      return address !== undefined && own.some((one) => leadsTo(address, one));
    };
  }
}
