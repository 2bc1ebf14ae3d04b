import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_OPTIONS } from '../../config/resolve-options.js';
import { AddressPolicy, destinationOf, type Networks } from './address-policy.js';
import { DestinationGuard } from './destination-guard.js';

const policyOf = (networks: Partial<Networks> = {}, own: readonly string[] = []): AddressPolicy =>
  new AddressPolicy({ ...DEFAULT_OPTIONS, ...networks }, () =>
    own.flatMap((text) => destinationOf(text) ?? []),
  );

const closed = policyOf();

/** One address of each block of the IANA special-purpose registries, and the multicast and reserved space. */
const SPECIAL = [
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.0.8',
  '192.0.0.170',
  '192.0.2.1',
  '192.31.196.1',
  '192.52.193.1',
  '192.88.99.1',
  '192.168.0.1',
  '192.175.48.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '100::1',
  '100:0:0:1::1',
  '2001::1',
  '2001:1::1',
  '2001:2::1',
  '2001:3::1',
  '2001:4:112::1',
  '2001:10::1',
  '2001:20::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:a00:1::1',
  '2620:4f:8000::1',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
];

describe('AddressPolicy', () => {
  it.each(SPECIAL)('refuses %s', (address) => {
    expect(closed.isAllowed(address)).toBe(false);
  });

  it.each([
    '8.8.8.8',
    '93.184.216.34',
    '172.32.0.1',
    '100.128.0.1',
    '2606:2800:220:1::1',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ])('allows the public %s', (address) => {
    expect(closed.isAllowed(address)).toBe(true);
  });

  it.each(['::808:808', '64:ff9b:1::8.8.8.8', '2002:808:808::1', '2001:0:808:808::1', '4000::1', 'e000::1'])(
    'refuses %s, which no public route leads to',
    (address) => {
      expect(closed.isAllowed(address)).toBe(false);
    },
  );

  it.each(['', 'localhost', '1.2.3', '256.1.1.1', ':::', '10.0.0.0/8'])(
    'refuses what is no address: %j',
    (text) => {
      expect(closed.isAllowed(text)).toBe(false);
    },
  );

  it('opens exactly the networks that are listed, also in their IPv6 spelling', () => {
    const policy = policyOf({ allowedNetworks: ['10.1.0.0/16', '::1/128'] });
    expect(policy.isAllowed('10.1.2.3')).toBe(true);
    expect(policy.isAllowed('::ffff:10.1.2.3')).toBe(true);
    expect(policy.isAllowed('::1')).toBe(true);
    expect(policy.isAllowed('10.2.0.1')).toBe(false);
    expect(policy.isAllowed('127.0.0.1')).toBe(false);
  });

  it.each([
    ['93.184.216.34', ['93.184.216.0/24']],
    ['::ffff:93.184.216.34', ['93.184.216.0/24']],
    ['64:ff9b::93.184.216.34', ['93.184.216.0/24']],
    ['93.184.216.34', ['::ffff:93.184.216.0/120']],
    ['2606:2800:220:1::1', ['2606:2800::/32']],
    ['64:ff9b::808:808', ['64:ff9b::/96']],
    ['10.1.2.3', ['10.1.0.0/16']],
    ['0.0.0.0', ['127.0.0.0/8']],
    ['::', ['127.0.0.0/8']],
    ['::', ['::1/128']],
  ])('never opens %s, which %j denies, whatever is allowed', (address, deniedNetworks) => {
    const policy = policyOf({ allowedNetworks: ['0.0.0.0/0', '::/0'], deniedNetworks });
    expect(policy.isAllowed(address)).toBe(false);
    expect(policy.isDenied(address)).toBe(true);
    expect(policyOf({ deniedNetworks }).isAllowed(address)).toBe(false);
    for (const other of ['8.8.8.8', '10.2.0.1', '2a00:1450::1']) expect(policy.isAllowed(other)).toBe(true);
  });

  it('refuses the addresses of its own interfaces, unless they are allowed', () => {
    const own = ['93.184.216.34', '2606:2800:220:1::1', '127.0.0.1'];
    for (const address of [...own, '::ffff:93.184.216.34', '64:ff9b::93.184.216.34']) {
      expect(policyOf({}, own).isAllowed(address)).toBe(false);
      expect(policyOf({}, own).isPublic(address)).toBe(false);
    }
    expect(policyOf({}, own).isAllowed('93.184.216.35')).toBe(true);
    const allowing = policyOf({ allowedNetworks: ['93.184.216.34/32'] }, own);
    expect(allowing.isAllowed('93.184.216.34')).toBe(true);
    expect(allowing.isPublic('93.184.216.34')).toBe(false);
  });

  it('refuses every private IPv4 address in every IPv6 form that carries it', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.constantFrom(10, 127), byte, byte, byte, (a, b, c, d) => {
        const hex = [a * 256 + b, c * 256 + d].map((part) => part.toString(16)).join(':');
        const forms = [
          `${a}.${b}.${c}.${d}`,
          `::ffff:${hex}`,
          `::${hex}`,
          `64:ff9b::${hex}`,
          `2002:${hex}::1`,
        ];
        for (const form of forms) expect(closed.isAllowed(form)).toBe(false);
      }),
    );
  });
});

describe('DestinationGuard', () => {
  const guard = new DestinationGuard(DEFAULT_OPTIONS);

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://127.0.0.1./',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[0:0:0:0:0:ffff:7f00:1]/',
    'http://[64:ff9b::10.0.0.1]/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://a.localhost/',
    'http://①②⑦.0.0.1/',
    'http://127。0。0。1/',
    'http://ｌｏｃａｌｈｏｓｔ/',
    'http://169.254.169.254/latest',
    'http://metadata.google.internal/',
    'http://printer.local/',
    'https://192.168.1.1:8443/x',
  ])('refuses %s', (url) => {
    expect(() => {
      guard.check(url);
    }).toThrow(/not a public address/);
  });

  it.each([
    'http://n8n.automation.svc.cluster.local:5678/x',
    'http://host.docker.internal:5678/x',
    'http://homeassistant.local:8123/x',
    'http://box.home.arpa/x',
    'http://n8n:5678/x',
    'http://192.168.1.9/x',
  ])('lets %s pass where networks are allowed: the address at connect time decides', (url) => {
    const allowedNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];
    const opened = new DestinationGuard({ ...DEFAULT_OPTIONS, allowedNetworks });
    expect(() => opened.check(url)).not.toThrow();
    expect(() => opened.check('http://localhost/')).toThrow(/not a public address/);
    expect(() => opened.check('http://a.localhost/')).toThrow(/not a public address/);
  });

  it('says which setting has closed an address', () => {
    const closing = new DestinationGuard({
      ...DEFAULT_OPTIONS,
      allowedNetworks: ['0.0.0.0/0'],
      deniedNetworks: ['93.184.216.0/24'],
    });
    expect(() => closing.check('http://93.184.216.34/')).toThrow('closed it with DENIED_NETWORKS');
    expect(() => closing.check('http://93.184.217.34/')).not.toThrow();
  });

  it.each([
    'https://example.com/',
    'http://93.184.216.34:8080/x',
    'https://bücher.example/',
    'https://localhost.example.com/',
  ])('lets %s pass', (url) => {
    expect(() => {
      guard.check(url);
    }).not.toThrow();
  });
});
