import { describe, expect, it } from '@jest/globals';
import { AddressPolicy } from './address-policy.js';
import { PublicHosts } from './destination-guard.js';

const hostsOf = (...allowedNetworks: string[]): PublicHosts =>
  new PublicHosts(new AddressPolicy({ allowedNetworks, deniedNetworks: [] }, () => []));

describe('PublicHosts', () => {
  it('knows literal addresses without having seen them', () => {
    const hosts = hostsOf('10.0.0.0/8', '8.0.0.0/8');
    expect(hosts.has('http://8.8.8.8/')).toBe(true);
    expect(hosts.has('http://[2a00:1450::1]:8080/x')).toBe(true);
    expect(hosts.has('http://10.0.0.1/')).toBe(false);
    expect(hosts.has('http://[::ffff:10.0.0.1]/')).toBe(false);
    expect(hosts.has('nowhere')).toBe(false);
  });

  it('knows a name by where it led last, and one address in an opened network is enough', () => {
    const hosts = hostsOf('10.0.0.0/8');
    expect(hosts.has('http://a.example/')).toBe(false);
    hosts.note('a.example', ['8.8.8.8']);
    expect(hosts.has('http://a.example:8080/x')).toBe(true);
    hosts.note('a.example', ['8.8.8.8', '10.0.0.1']);
    expect(hosts.has('http://a.example/')).toBe(false);
  });

  it('takes every name for public where no network is opened', () => {
    expect(hostsOf().has('http://a.example/')).toBe(true);
  });
});
