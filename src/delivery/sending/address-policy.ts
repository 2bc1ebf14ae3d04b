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

const MAPPED_BITS = 96;

/** A network of IPv4-mapped addresses is the IPv4 network: that is where they lead. */
function parseRange(cidr: string): Range {
  const [base, bits] = ipaddr.parseCIDR(cidr);
  const isMapped = base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress() && bits >= MAPPED_BITS;
  return isMapped ? [base.toIPv4Address(), bits - MAPPED_BITS] : [base, bits];
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

/** Calling the unspecified address leads to the loopback. */
const LOOPBACKS: readonly Address[] = [ipaddr.parse('127.0.0.1'), ipaddr.parse('::1')];

/** Whether two addresses are one. */
export function isSame(a: Address, b: Address): boolean {
  return a.toNormalizedString() === b.toNormalizedString();
}

/** The address that is called in the end; undefined when the text is no address. */
export function destinationOf(text: string): Address | undefined {
  const address = parse(text);
  return address && calledBy(address);
}

function isGlobal(address: Address): boolean {
  if (address.range() !== 'unicast' || SPECIAL.some((range) => within(address, range))) return false;
  return address.kind() === 'ipv4' || within(address, GLOBAL_UNICAST);
}

/** What the operator says of networks, as CIDRs. */
export interface Networks {
  /** May be called although they are not public. */
  readonly allowedNetworks: readonly string[];
  /** Are never called, whatever else is said of them. */
  readonly deniedNetworks: readonly string[];
}

/** Which addresses may be called: public ones that are not this machine's own, and what the operator has allowed. */
export class AddressPolicy {
  /** Whether places may be called that are not public. */
  readonly opensNetworks: boolean;
  private readonly allowed: readonly Range[];
  private readonly denied: readonly Range[];

  /** @param interfaces the addresses of this machine's interfaces */
  constructor(
    { allowedNetworks, deniedNetworks }: Networks,
    private readonly interfaces: () => readonly Address[],
  ) {
    this.opensNetworks = allowedNetworks.length > 0;
    this.allowed = allowedNetworks.map(parseRange);
    this.denied = deniedNetworks.map(parseRange);
  }

  /** @param text an IPv4 or IPv6 address in any textual form, with or without a zone */
  isAllowed(text: string): boolean {
    const address = parse(text);
    if (!address || this.denies(address)) return false;
    return this.lists(this.allowed, address) || this.isPublicAddress(address);
  }

  /** Whether it is in a network that the operator never wants called. */
  isDenied(text: string): boolean {
    const address = parse(text);
    return address !== undefined && this.denies(address);
  }

  /** Whether anybody on the Internet could call it as well, for all that we know. */
  isPublic(text: string): boolean {
    const address = parse(text);
    return address !== undefined && this.isPublicAddress(address);
  }

  private denies(address: Address): boolean {
    const isEverywhere = calledBy(address).range() === 'unspecified';
    return [address, ...(isEverywhere ? LOOPBACKS : [])].some((one) => this.lists(this.denied, one));
  }

  private isPublicAddress(address: Address): boolean {
    const destination = calledBy(address);
    return isGlobal(destination) && !this.interfaces().some((own) => isSame(own, destination));
  }

  private lists(ranges: readonly Range[], address: Address): boolean {
    const destination = calledBy(address);
    return ranges.some((range) => within(address, range) || within(destination, range));
  }
}
