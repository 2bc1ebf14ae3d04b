import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

/**
 * Special-purpose blocks (IANA registries of RFC 6890 and its successors) that the library calls `unicast` or that a
 * later RFC added: IPv4-compatible addresses (RFC 4291, deprecated), 6to4 relay (RFC 7526), documentation (RFC 9637), SRv6 SIDs (RFC 9602), discard and dummy (RFC 6666, 9780).
 */
const ALSO_SPECIAL = [
  '::/96',
  '192.88.99.0/24',
  '3fff::/20',
  '5f00::/16',
  '100::/64',
  '100:0:0:1::/64',
  '2001::/23',
  'fec0::/10',
];

function parseRange(cidr: string): Range {
  return ipaddr.parseCIDR(cidr);
}

const SPECIAL = ALSO_SPECIAL.map(parseRange);

function within(address: Address, [base, bits]: Range): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

/** The IPv4 address that an IPv6 address stands for: mapped, NAT64 (RFC 6052), 6to4 (RFC 3056). */
function embeddedIPv4(address: Address): ipaddr.IPv4 | undefined {
  if (!(address instanceof ipaddr.IPv6)) return undefined;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  const bytes = address.toByteArray();
  switch (address.range()) {
    case 'rfc6052':
      return new ipaddr.IPv4(bytes.slice(12));
    case '6to4':
      return new ipaddr.IPv4(bytes.slice(2, 6));
    default:
      return undefined;
  }
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
    const [bare = ''] = text.split('%');
    if (isIP(bare) === 0) return false;
    const address = ipaddr.parse(bare);
    const meant = embeddedIPv4(address);
    if (this.isListed(address) || (meant && this.isListed(meant))) return true;
    return (
      meant === undefined && address.range() === 'unicast' && !SPECIAL.some((range) => within(address, range))
    );
  }

  private isListed(address: Address): boolean {
    return this.allowed.some((range) => within(address, range));
  }
}
