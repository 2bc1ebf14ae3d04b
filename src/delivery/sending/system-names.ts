import { readFileSync, statSync } from 'node:fs';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';

/** A small file of the system, parsed anew when it has changed. One that cannot be read is empty. */
export class SystemFile<T> {
  private stamp = '';
  private parsed: T;

  constructor(
    private readonly path: string,
    private readonly parse: (text: string) => T,
  ) {
    this.parsed = parse('');
  }

  read(): T {
    const stamp = this.stampNow();
    if (stamp !== this.stamp) {
      this.parsed = this.parse(stamp === '' ? '' : this.text());
      this.stamp = stamp;
    }
    return this.parsed;
  }

  private text(): string {
    try {
      return readFileSync(this.path, 'utf8');
    } catch {
      return '';
    }
  }

  private stampNow(): string {
    const found = statSync(this.path, { throwIfNoEntry: false });
    return found?.isFile() ? `${found.ino}:${found.size}:${found.mtimeMs}` : '';
  }
}

/** What `/etc/hosts` says: addresses by name, in lower case. */
export type Hosts = ReadonlyMap<string, readonly LookupAddress[]>;

/** Of `/etc/resolv.conf` what c-ares does not apply to the queries that we make (resolv.conf(5)). */
export interface SearchRules {
  /** Domains that are tried behind a name. */
  readonly search: readonly string[];
  /** A name with fewer dots is tried in them first. */
  readonly ndots: number;
}

const DEFAULT_NDOTS = 1;
const MAX_NDOTS = 15;

function linesOf(text: string): string[][] {
  return text.split('\n').map((line) =>
    line
      .replace(/[#;].*/, '')
      .split(/\s+/)
      .filter(Boolean),
  );
}

export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, LookupAddress[]>();
  for (const [address = '', ...names] of linesOf(text)) {
    const [bare = ''] = address.split('%');
    const family = isIP(bare);
    if (family === 0) continue;
    for (const name of names.map((given) => given.toLowerCase())) {
      hosts.set(name, [...(hosts.get(name) ?? []), { address: bare, family }]);
    }
  }
  return hosts;
}

/** The last `search` or `domain` counts. */
export function parseResolvConf(text: string): SearchRules {
  let [search, ndots]: [string[], number] = [[], DEFAULT_NDOTS];
  for (const [keyword, ...values] of linesOf(text)) {
    if (keyword === 'search' || keyword === 'domain') search = values.filter((domain) => domain !== '.');
    const given = keyword === 'options' ? values.find((value) => /^ndots:\d+$/.test(value)) : undefined;
    if (given) ndots = Math.min(Number(given.slice('ndots:'.length)), MAX_NDOTS);
  }
  return { search, ndots };
}

/** Whether the system asks more than files and name servers (nsswitch.conf(5)), such as multicast DNS. */
export function asksOthers(nsswitch: string): boolean {
  const [, ...sources] = linesOf(nsswitch).find(([keyword]) => keyword === 'hosts:') ?? [];
  return sources.some((source) => !source.startsWith('[') && !/^(?:files|dns|.*\])$/.test(source));
}

/** The names that are asked for in place of one, in this order; a dot at its end says that it is whole. */
export function candidatesOf(name: string, { search, ndots }: SearchRules): string[] {
  const bare = name.replace(/\.$/, '');
  if (bare !== name) return [bare];
  const within = search.map((domain) => `${bare}.${domain.replace(/\.$/, '')}`);
  return bare.split('.').length - 1 >= ndots ? [bare, ...within] : [...within, bare];
}
