import { describe, expect, it } from '@jest/globals';
import { asksOthers, candidatesOf, parseHosts, parseResolvConf } from './system-names.js';

describe('the hosts file', () => {
  it('gives each name its addresses, in any case, whatever stands around them', () => {
    const hosts = parseHosts(
      '# a comment\n127.0.0.1\tlocalhost\n::1 localhost ip6-localhost # more\n10.0.0.1  Db db.Example\r\n' +
        'fe80::1%lo0 linklocal\nnonsense here\n256.0.0.1 bad\n10.0.0.2 db\n\n10.0.0.3',
    );
    expect(Object.fromEntries(hosts)).toEqual({
      localhost: [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ],
      'ip6-localhost': [{ address: '::1', family: 6 }],
      db: [
        { address: '10.0.0.1', family: 4 },
        { address: '10.0.0.2', family: 4 },
      ],
      'db.example': [{ address: '10.0.0.1', family: 4 }],
      linklocal: [{ address: 'fe80::1', family: 6 }],
    });
  });
});

describe('the search domains', () => {
  const KUBERNETES =
    'nameserver 10.96.0.10\nsearch a.svc.cluster.local svc.cluster.local\noptions ndots:5 edns0\n';

  it.each([
    ['', { search: [], ndots: 1 }],
    [KUBERNETES, { search: ['a.svc.cluster.local', 'svc.cluster.local'], ndots: 5 }],
    [
      'domain one.example\nsearch two.example three.example',
      { search: ['two.example', 'three.example'], ndots: 1 },
    ],
    ['search .\noptions ndots:99', { search: [], ndots: 15 }],
  ])('of %j are read', (text, rules) => {
    expect(parseResolvConf(text)).toEqual(rules);
  });

  it.each([
    ['db', ['db.a.svc.cluster.local', 'db.svc.cluster.local', 'db']],
    ['example.com', ['example.com.a.svc.cluster.local', 'example.com.svc.cluster.local', 'example.com']],
    ['example.com.', ['example.com']],
    ['a.b.c.d.e.f', ['a.b.c.d.e.f', 'a.b.c.d.e.f.a.svc.cluster.local', 'a.b.c.d.e.f.svc.cluster.local']],
  ])('turn %s into what the system asks for', (name, asked) => {
    expect(candidatesOf(name, parseResolvConf(KUBERNETES))).toEqual(asked);
  });
});

describe('other sources of the system', () => {
  it.each([
    ['', false],
    ['hosts: files dns', false],
    ['hosts: files dns [NOTFOUND=return] # mdns', false],
    ['passwd: files sss\nhosts:\tfiles mdns4_minimal [NOTFOUND=return] dns', true],
    ['hosts: files myhostname resolve [!UNAVAIL=return] dns', true],
  ])('in %j: %s', (text, others) => {
    expect(asksOthers(text)).toBe(others);
  });
});
