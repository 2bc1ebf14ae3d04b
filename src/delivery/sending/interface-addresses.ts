import { networkInterfaces } from 'node:os';
import { type Address, destinationOf } from './address-policy.js';

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
