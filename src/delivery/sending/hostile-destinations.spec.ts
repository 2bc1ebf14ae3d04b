import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BLOCK_EDGES, isPublic, SPECIAL_SPANS, toText } from '../../../test/support/hostile/blocks.js';
import { HOSTILE_URLS, PUBLIC_URLS } from '../../../test/support/hostile/destinations.js';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import { AddressPolicy } from './address-policy.js';
import { DestinationGuard } from './destination-guard.js';

const closed = new AddressPolicy(DEFAULT_OPTIONS, () => []);
const guard = new DestinationGuard(DEFAULT_OPTIONS);

describe('by default', () => {
  it.each(BLOCK_EDGES.map(({ address, isPublic: expected }) => [address, expected ? 'allowed' : 'refused']))(
    '%s is %s, as the registries say',
    (address, expected) => {
      expect(closed.isAllowed(address)).toBe(expected === 'allowed');
    },
  );

  it.each(HOSTILE_URLS.filter(([, refusal]) => refusal === 'not public'))('%j is %s', (url) => {
    expect(() => guard.check(url.trim())).toThrow(/not a public address/);
  });

  it.each(PUBLIC_URLS)('%s may be called', (url) => {
    expect(() => guard.check(url)).not.toThrow();
  });

  it('any address of either family is judged as the registries say', () => {
    const ipv4 = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((address) => [32, address] as const);
    const ipv6 = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((address) => [128, address] as const);
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6, special()), ([bits, address]) => {
        expect(closed.isAllowed(toText(bits, address))).toBe(isPublic(bits, address));
      }),
      { numRuns: 2000 },
    );
  });

  it('an IPv4 address that is not public is refused in whatever way it is written', () => {
    const address = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).filter((number) => !isPublic(32, number));
    const notPublic = fc.oneof(
      special().filter(([bits]) => bits === 32),
      address.map(ipv4Of),
    );
    fc.assert(
      fc.property(notPublic, fc.infiniteStream(fc.nat()), ([, number], random) => {
        const host = spell(number, () => random.next().value as number);
        expect(() => guard.check(`http://${host}/`)).toThrow(/not a public address/);
      }),
      { numRuns: 2000 },
    );
  });
});

const ipv4Of = (address: bigint) => [32 as 32 | 128, address] as const;

/** Any address within one of the special blocks. */
function special(): fc.Arbitrary<readonly [32 | 128, bigint]> {
  return fc
    .tuple(fc.constantFrom(...SPECIAL_SPANS), fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }))
    .map(([{ bits, first, last }, random]) => [bits, first + (random % (last - first + 1n))] as const);
}

const WIDE: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase().replaceAll('X', 'x'),
  // Fullwidth forms, which UTS 46 maps to the plain ones.
  (text) => text.replace(/[0-9a-fx]/g, (char) => String.fromCodePoint((char.codePointAt(0) ?? 0) + 0xfee0)),
  (text) => text.replaceAll('.', '\u3002'),
  (text) => text.replace(/./g, (char) => `%${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`),
  (text) => `${text}.`,
];

/** One of the many texts that a URL parser takes for an IPv4 address, or for an IPv6 address that leads to it. */
function spell(address: bigint, random: () => number): string {
  const pick = <T>(choices: readonly T[]): T => choices[random() % choices.length]!;
  if (random() % 4 === 0) {
    const hex = `${(address >> 16n).toString(16)}:${(address & 0xffffn).toString(16)}`;
    const dotted = toText(32, address);
    const carriers = [
      `::ffff:${hex}`,
      `::ffff:${dotted}`,
      `::${hex}`,
      `64:ff9b::${hex}`,
      `64:ff9b::${dotted}`,
      `64:ff9b:1::${hex}`,
      `2002:${hex}::`,
      `2001::${hex}`,
      `::ffff:0:${hex}`,
    ];
    return `[${pick([(text: string) => text, (text: string) => text.toUpperCase()])(pick(carriers))}]`;
  }
  const count = 1 + (random() % 4);
  const lead = Array.from({ length: count - 1 }, (_, i) => (address >> BigInt(24 - 8 * i)) & 0xffn);
  const rest = address & ((1n << BigInt(32 - 8 * lead.length)) - 1n);
  const parts = [...lead, rest].map((part) => {
    const zeros = '0'.repeat(random() % 3);
    return pick([part.toString(), `0x${zeros}${part.toString(16)}`, `0${zeros}${part.toString(8)}`]);
  });
  return pick(WIDE)(parts.join('.'));
}
