import type { LookupAddress, RecordWithTtl } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { codeOf as systemCodeOf } from '../../common/caught.js';

/** Of one question to one name server; then the next server is asked. */
const TRY_MS = 1500;
const TRIES = 2;
/** When one family has addresses, the other is waited for this long (RFC 8305, section 3). */
const OTHER_FAMILY_MS = 50;

/** A name that led to no address: `ENOTFOUND`, `ETIMEOUT` or, for anything else that a server may say, `ESERVFAIL`. */
export class NameError extends Error {
  constructor(
    name: string,
    readonly code: 'ENOTFOUND' | 'ETIMEOUT' | 'ESERVFAIL',
  ) {
    super(`${code} ${name}`);
    this.name = 'NameError';
  }
}

export interface FoundName {
  readonly addresses: readonly LookupAddress[];
  /** For so long it may be remembered. */
  readonly ttlMs: number;
}

type Settled = PromiseSettledResult<RecordWithTtl[]>;

function codeOf(name: string, rejected: readonly PromiseRejectedResult[]): NameError {
  const codes = rejected.map(({ reason }) => systemCodeOf(reason) ?? '');
  if (codes.some((code) => code === 'ECANCELLED' || code === 'ETIMEOUT'))
    return new NameError(name, 'ETIMEOUT');
  const isUnknown = codes.every((code) => ['ENOTFOUND', 'ENODATA', 'EBADNAME'].includes(code));
  return new NameError(name, isUnknown ? 'ENOTFOUND' : 'ESERVFAIL');
}

function foundIn(name: string, results: readonly [Settled, Settled]): FoundName {
  const records = results.flatMap((result, i) =>
    result.status === 'fulfilled'
      ? result.value.map((record) => ({ ...record, family: i === 0 ? 4 : 6 }))
      : [],
  );
  if (records.length === 0)
    throw codeOf(
      name,
      results.filter((result) => result.status === 'rejected'),
    );
  const addresses = records.map(({ address, family }) => ({ address, family }));
  return { addresses, ttlMs: Math.min(...records.map(({ ttl }) => ttl)) * 1000 };
}

/**
 * Asks the system's name servers for one name, past libuv: `dns.lookup` blocks one of the four threads that all of the
 * process shares, for as long as a dead server is waited for.
 */
export class NameQuery {
  private cancelled = false;
  private readonly resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });

  /** @param servers instead of those in `/etc/resolv.conf`, as `address:port` */
  constructor(servers?: readonly string[]) {
    if (servers) this.resolver.setServers(servers);
  }

  /**
   * The first of the names that leads anywhere.
   *
   * @throws NameError
   */
  async first(names: readonly string[]): Promise<FoundName> {
    let failed: NameError | undefined;
    for (const name of names) {
      if (this.cancelled) throw new NameError(name, 'ETIMEOUT');
      try {
        return await this.ask(name);
      } catch (error) {
        if (!(error instanceof NameError) || error.code === 'ETIMEOUT') throw error;
        failed = failed?.code === 'ESERVFAIL' ? failed : error;
      }
    }
    throw failed ?? new NameError('', 'ENOTFOUND');
  }

  /** Ends what is being asked as `ETIMEOUT`, and asks nothing more. */
  cancel(): void {
    this.cancelled = true;
    this.resolver.cancel();
  }

  private async ask(name: string): Promise<FoundName> {
    const families = [
      this.resolver.resolve4(name, { ttl: true }),
      this.resolver.resolve6(name, { ttl: true }),
    ] as const;
    const both = Promise.allSettled(families);
    const one = Promise.any(families).then(() => wait(OTHER_FAMILY_MS, undefined, { ref: false }));
    await Promise.race([both, one.catch(() => both)]);
    this.resolver.cancel();
    return foundIn(name, await both);
  }
}
