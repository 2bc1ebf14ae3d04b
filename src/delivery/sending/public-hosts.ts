import { isIP } from 'node:net';
import { parseUrl } from '../../common/parse-url.js';
import type { AddressPolicy } from './address-policy.js';

const MAX_NAMES = 10_000;

/**
 * Which hosts lead to public addresses only: what went wrong there may be told in detail, since everybody can find it
 * out. What a name led to is noted whenever a connection is made.
 */
export class PublicHosts {
  private readonly names = new Map<string, boolean>();

  constructor(private readonly policy: AddressPolicy) {}

  /** @param addresses of those that may be called, where the name leads */
  note(name: string, addresses: readonly string[]): void {
    // Without opened networks all that may be called is public.
    if (!this.policy.opensNetworks) return;
    if (this.names.size >= MAX_NAMES) this.names.clear();
    this.names.set(
      name,
      addresses.every((address) => this.policy.isPublic(address)),
    );
  }

  /** A name of which nothing is known is taken for one that leads into an opened network. */
  has(url: string): boolean {
    const host = parseUrl(url)?.hostname.replace(/^\[|\]$/g, '') ?? '';
    if (isIP(host) !== 0) return this.policy.isPublic(host);
    return this.names.get(host) ?? !this.policy.opensNetworks;
  }
}
