/** A block of addresses as the numbers of its first and last one. */
export interface Span {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * The IANA special-purpose address registries of both families (as of 2026), multicast and reserved space, and the
 * deprecated blocks that still may lead somewhere: none of them may be called by default. Written down again here, so
 * that the tests do not depend on the library that the service asks.
 */
export const SPECIAL_BLOCKS = [
  '0.0.0.0/8',
  '0.0.0.0/32',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.0.0/29',
  '192.0.0.8/32',
  '192.0.0.9/32',
  '192.0.0.10/32',
  '192.0.0.170/32',
  '192.0.0.171/32',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.88.99.2/32',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '255.255.255.255/32',
  '::/128',
  '::1/128',
  '::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '100:0:0:1::/64',
  '2001::/23',
  '2001::/32',
  '2001:1::1/128',
  '2001:1::2/128',
  '2001:1::3/128',
  '2001:2::/48',
  '2001:3::/32',
  '2001:4:112::/48',
  '2001:10::/28',
  '2001:20::/28',
  '2001:30::/28',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
] as const;

/** What carries an IPv4 address in its last 32 bits, and is refused exactly when that one is. */
const CARRIERS = ['::ffff:0:0/96', '64:ff9b::/96'] as const;
/** Nothing outside of it is global unicast (IANA IPv6 address space). */
const GLOBAL_UNICAST = spanOf('2000::/3');
export const SPECIAL_SPANS: readonly Span[] = SPECIAL_BLOCKS.map(spanOf);
const CARRYING = CARRIERS.map(spanOf);

function ipv4ToNumber(text: string): bigint {
  return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function ipv6ToNumber(text: string): bigint {
  const [head = [], tail] = text.split('::').map((half) => half.split(':').filter((part) => part !== ''));
  const groups =
    tail === undefined
      ? head
      : [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
  return groups.reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n);
}

function spanOf(cidr: string): Span {
  const [address = '', length = ''] = cidr.split('/');
  const bits = address.includes(':') ? 128 : 32;
  const first = bits === 32 ? ipv4ToNumber(address) : ipv6ToNumber(address);
  return { bits, first, last: first + (1n << BigInt(bits - Number(length))) - 1n };
}

/** The usual text of an IPv4 address, and the whole text of an IPv6 one. */
export function toText(bits: 32 | 128, address: bigint): string {
  const [count, width, base, separator] = bits === 32 ? [4, 8, 10, '.'] : [8, 16, 16, ':'];
  const parts = Array.from({ length: count }, (_, i) => {
    const shift = BigInt(width * (count - 1 - i));
    return ((address >> shift) & ((1n << BigInt(width)) - 1n)).toString(base);
  });
  return parts.join(separator);
}

function isIn(span: Span, bits: 32 | 128, address: bigint): boolean {
  return span.bits === bits && address >= span.first && address <= span.last;
}

/** Whether an address is public, by the tables above. */
export function isPublic(bits: 32 | 128, address: bigint): boolean {
  if (bits === 128 && CARRYING.some((span) => isIn(span, bits, address))) {
    return isPublic(32, address & 0xffff_ffffn);
  }
  if (SPECIAL_SPANS.some((span) => isIn(span, bits, address))) return false;
  return bits === 32 || isIn(GLOBAL_UNICAST, bits, address);
}

/** Address and whether it may be called by default. */
export interface ExpectedAddress {
  readonly address: string;
  readonly isPublic: boolean;
}

function edgesOf({ bits, first, last }: Span): readonly (readonly [32 | 128, bigint])[] {
  const max = (1n << BigInt(bits)) - 1n;
  const edges = [first - 1n, first, first + 1n, (first + last) / 2n, last - 1n, last, last + 1n];
  return edges.filter((edge) => edge >= 0n && edge <= max).map((edge) => [bits, edge] as const);
}

/** The first, last, middle and neighbouring addresses of each block, each address once. */
export const BLOCK_EDGES: readonly ExpectedAddress[] = [
  ...new Map(
    [...SPECIAL_SPANS, ...CARRYING, GLOBAL_UNICAST]
      .flatMap(edgesOf)
      .map(([bits, address]) => [toText(bits, address), isPublic(bits, address)] as const),
  ),
].map(([address, expected]) => ({ address, isPublic: expected }));
