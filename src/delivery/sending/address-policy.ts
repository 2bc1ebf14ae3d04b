import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/**
 * Special-purpose blocks (IANA registries of RFC 6890 and its successors) that the library does not tell from public
 * ones: 6to4 relays (RFC 7526) and the dummy prefix (RFC 9780); and those it may know by a newer version only:
 * protocol assignments with Teredo (RFC 2928), documentation (RFC 9637), SRv6 SIDs (RFC 9602), site-local (RFC 3879).
 */
const ALSO_SPECIAL = ['192.88.99.0/24', '100:0:0:1::/64', '2001::/23', '3fff::/20', '5f00::/16', 'fec0::/10'];

function parseRange(cidr: string): Range {
  return ipaddr.parseCIDR(cidr);
}

const SPECIAL = ALSO_SPECIAL.map(parseRange);
/** All that has been allocated as global unicast so far (IANA IPv6 address space, RFC 4291). */
const GLOBAL_UNICAST = parseRange('2000::/3');
/** NAT64 (RFC 6052): the last four bytes are the IPv4 address that is called. */
const NAT64 = parseRange('64:ff9b::/96');

function within(address: Address, [base, bits]: Range): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

/** An IPv4 or IPv6 address in any textual form, with or without a zone; undefined when it is none. */
function parse(text: string): Address | undefined {
  const [bare = ''] = text.split('%');
  return isIP(bare) === 0 ? undefined : ipaddr.parse(bare);
}

/**
 * The address that is called in the end: for IPv4-mapped and NAT64 addresses the IPv4 address in them. The other
 * forms that carry one (6to4, Teredo, IPv4-compatible, local NAT64) go through relays of anybody: never public.
 */
function calledBy(address: Address): Address {
  if (!(address instanceof ipaddr.IPv6)) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  return within(address, NAT64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address;
}

/** The address that is called in the end; undefined when the text is no address. */
export function destinationOf(text: string): Address | undefined {
  const address = parse(text);
  return address && calledBy(address);
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || SPECIAL.some((range) => within(address, range))) return false;
  return address.kind() === 'ipv4' || within(address, GLOBAL_UNICAST);
}

/** Which addresses may be called: public unicast, and what the operator has allowed. */
export class AddressPolicy {
  private readonly allowed: readonly Range[];

  /** @param allowedNetworks CIDRs that may be called although they are not public */
  constructor(allowedNetworks: readonly string[]) {
    this.allowed = allowedNetworks.map(parseRange);
  }

  /** @param text an IPv4 or IPv6 address in any textual form, with or without a zone */
  isAllowed(text: string): boolean {
    const address = parse(text);
    if (!address) return false;
    const destination = calledBy(address);
    return this.isListed(address) || this.isListed(destination) || isPublic(destination);
  }

  private isListed(address: Address): boolean {
    return this.allowed.some((range) => within(address, range));
  }
}
