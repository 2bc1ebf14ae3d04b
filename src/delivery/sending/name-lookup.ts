import type { LookupAddress, LookupAllOptions } from 'node:dns';
import { lookup as askSystem } from 'node:dns/promises';
import { within } from '../../common/within.js';
import { type FoundName, NameError, NameQuery } from './name-query.js';
import { asksOthers, candidatesOf, parseHosts, parseResolvConf, SystemFile } from './system-names.js';

/** Longest look-up of a name. */
const MAX_MS = 5000;
/** What was found is forgotten after its TTL, and at the latest then. */
const MAX_TTL_MS = 30_000;
/** That nothing was found is forgotten before the first retry of a delivery that begins with a second. */
const FAILED_MS = 900;
const MAX_NAMES = 10_000;

/** Looks a name up as `dns.lookup` does with `all`. */
export type NameLookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** DI token of the look-up that connections are made with. */
export const NAME_LOOKUP = Symbol('NAME_LOOKUP');

const LOCALHOST = /^(?:.+\.)?localhost$/;
const LOOPBACK: FoundName = {
  addresses: [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ],
  ttlMs: 0,
};
/** No name server knows these (RFC 6761). */
const INVALID = /^(?:.+\.)?invalid$/;

/** Where the system says how names are looked up; other places in tests. */
export interface NameSources {
  readonly hosts: string;
  readonly resolvConf: string;
  readonly nsswitch: string;
  /** Instead of those in `resolvConf`, as `address:port`. */
  readonly servers?: readonly string[];
  /** Longest look-up, ms. */
  readonly maxMs?: number;
}

export const SYSTEM_SOURCES: NameSources = {
  hosts: '/etc/hosts',
  resolvConf: '/etc/resolv.conf',
  nsswitch: '/etc/nsswitch.conf',
};

interface Remembered {
  readonly answer: Promise<FoundName>;
  /** Monotonic, ms; Infinity = it is being looked up. */
  until: number;
}

/**
 * Names as the system answers them (its hosts file, search domains and name servers), but each on its own: a name whose
 * server is dead is asked for once at a time, and nobody waits behind it. What no name server knows is left to the
 * system where that asks others, multicast DNS for example: one name at a time, so that one thread of libuv is used.
 */
export class SystemNames {
  private readonly hosts: SystemFile<ReturnType<typeof parseHosts>>;
  private readonly rules: SystemFile<ReturnType<typeof parseResolvConf>>;
  private readonly asksOthers: SystemFile<boolean>;
  private readonly remembered = new Map<string, Remembered>();
  private readonly queries = new Set<NameQuery>();
  private readonly maxMs: number;
  private systemIsFree: Promise<unknown> = Promise.resolve();

  /** @param now monotonic, ms */
  constructor(
    private readonly sources: NameSources,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.hosts = new SystemFile(sources.hosts, parseHosts);
    this.rules = new SystemFile(sources.resolvConf, parseResolvConf);
    this.asksOthers = new SystemFile(sources.nsswitch, asksOthers);
    this.maxMs = Math.min(sources.maxMs ?? MAX_MS, MAX_MS);
  }

  readonly lookup: NameLookup = (hostname, _, callback) => {
    this.find(hostname.toLowerCase()).then(
      ({ addresses }) => callback(null, [...addresses]),
      (error: unknown) => callback(error as NameError, []),
    );
  };

  /** Ends all that is being looked up. */
  close(): void {
    for (const query of this.queries) query.cancel();
  }

  private async find(name: string): Promise<FoundName> {
    const bare = name.replace(/\.$/, '');
    const addresses = this.hosts.read().get(bare);
    if (addresses) return { addresses, ttlMs: 0 };
    if (LOCALHOST.test(bare)) return LOOPBACK;
    if (INVALID.test(bare)) throw new NameError(name, 'ENOTFOUND');
    const known = this.remembered.get(name);
    return known && this.now() < known.until ? known.answer : this.remember(name);
  }

  private remember(name: string): Promise<FoundName> {
    if (this.remembered.size >= MAX_NAMES) this.remembered.clear();
    const entry: Remembered = { answer: this.ask(name), until: Infinity };
    const forgetIn = (ms: number): void => {
      entry.until = this.now() + ms;
    };
    entry.answer.then(
      ({ ttlMs }) => forgetIn(Math.min(ttlMs, MAX_TTL_MS)),
      () => forgetIn(FAILED_MS),
    );
    this.remembered.set(name, entry);
    return entry.answer;
  }

  private async ask(name: string): Promise<FoundName> {
    const query = new NameQuery(this.sources.servers);
    const limit = setTimeout(() => query.cancel(), this.maxMs);
    this.queries.add(query);
    try {
      return await query.first(candidatesOf(name, this.rules.read()));
    } catch (error) {
      const isUnknown = error instanceof NameError && error.code !== 'ETIMEOUT';
      if (!isUnknown || !this.asksOthers.read()) throw error;
    } finally {
      clearTimeout(limit);
      this.queries.delete(query);
    }
    return this.askSystem(name);
  }

  private async askSystem(name: string): Promise<FoundName> {
    const until = this.now() + this.maxMs;
    const turn = this.systemIsFree.then(async () => {
      if (this.now() >= until) throw new NameError(name, 'ETIMEOUT');
      return { addresses: await askSystem(name, { all: true }), ttlMs: MAX_TTL_MS };
    });
    this.systemIsFree = turn.catch(() => undefined);
    return within(this.maxMs, turn, () => new NameError(name, 'ETIMEOUT'));
  }
}
