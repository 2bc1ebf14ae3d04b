import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { lookup as systemLookup } from 'node:dns/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NameServer, type NameAnswer } from '../../../test/support/name-server.js';
import { SystemNames, type NameSources } from './name-lookup.js';

let directory: string;
const open: { close(): unknown }[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'names-'));
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  rmSync(directory, { recursive: true });
});

const file = (name: string): string => join(directory, name);

async function serve(answers: Record<string, NameAnswer>): Promise<NameServer> {
  const server = await NameServer.start(answers);
  open.push(server);
  return server;
}

function names(
  server: { readonly address: string },
  more: Partial<NameSources> = {},
  now?: () => number,
): SystemNames {
  const own = { hosts: file('hosts'), resolvConf: file('resolv.conf'), nsswitch: file('nsswitch.conf') };
  const made = new SystemNames({ ...own, servers: [server.address], ...more }, now);
  open.push(made);
  return made;
}

/** The addresses, or the code of the error. */
function find({ lookup }: SystemNames, name: string): Promise<string> {
  return new Promise((done) => {
    lookup(name, { all: true }, (error, found) =>
      done(error ? (error.code ?? '') : found.map(({ address }) => address).join()),
    );
  });
}

describe('a name', () => {
  it('has the addresses that its name server tells, of both families', async () => {
    const found = names(
      await serve({ 'a.example': ['10.0.0.1', '2001:db8::7', '10.0.0.2'], 'six.example': ['::1'] }),
    );
    expect(await find(found, 'A.Example')).toBe('10.0.0.1,10.0.0.2,2001:db8::7');
    expect(await find(found, 'a.example.')).toBe('10.0.0.1,10.0.0.2,2001:db8::7');
    expect(await find(found, 'six.example')).toBe('::1');
  });

  it.each<[string, NameAnswer, string]>([
    ['that nobody knows', 3, 'ENOTFOUND'],
    ['that has no address', [], 'ENOTFOUND'],
    ['whose server fails', 2, 'ESERVFAIL'],
    ['whose server refuses', 5, 'ESERVFAIL'],
    ['whose server is silent', 'silence', 'ETIMEOUT'],
  ])('%s is told from the others', async (_, answer, code) => {
    const found = names(await serve({ 'a.example': answer }), { maxMs: 500 });
    expect(await find(found, 'a.example')).toBe(code);
  });

  it('whose name server is not there could not be looked up', async () => {
    const server = await NameServer.start({});
    const { address } = server;
    await server.close();
    const found = names({ address }, { maxMs: 500 });
    expect(await find(found, 'a.example')).toMatch(/^(?:ESERVFAIL|ETIMEOUT)$/);
  });

  it('is taken from the hosts file first, as that says now', async () => {
    const server = await serve({ 'a.example': ['10.0.0.1'] });
    const found = names(server);
    expect(await find(found, 'a.example')).toBe('10.0.0.1');
    writeFileSync(file('hosts'), '10.9.9.9 a.example other\n');
    expect(await find(found, 'a.example')).toBe('10.9.9.9');
    expect(await find(found, 'OTHER.')).toBe('10.9.9.9');
    rmSync(file('hosts'));
    expect(await find(found, 'a.example')).toBe('10.0.0.1');
  });

  it('is tried in the search domains', async () => {
    const server = await serve({ 'db.ns.local': ['10.0.0.5'], 'www.example.com': ['10.0.0.6'] });
    writeFileSync(file('resolv.conf'), 'search ns.local\noptions ndots:5\n');
    const found = names(server);
    expect(await find(found, 'db')).toBe('10.0.0.5');
    expect(await find(found, 'www.example.com')).toBe('10.0.0.6');
    expect(server.asked).toContain('www.example.com.ns.local');
  });

  it('of this machine or of nothing is asked of nobody', async () => {
    const server = await serve({});
    const found = names(server);
    expect(await find(found, 'localhost')).toBe('127.0.0.1,::1');
    expect(await find(found, 'a.localhost.')).toBe('127.0.0.1,::1');
    expect(await find(found, 'a.invalid')).toBe('ENOTFOUND');
    expect(server.asked).toEqual([]);
  });

  it('is left to the system when no name server knows it and the system asks others', async () => {
    const found = names(await serve({}));
    const { hostname } = await import('node:os');
    const own = hostname();
    const known = await systemLookup(own, { all: true }).then(
      (all) => all.map(({ address }) => address).join(),
      () => 'ENOTFOUND',
    );
    expect(await find(found, own)).toBe('ENOTFOUND');
    writeFileSync(file('nsswitch.conf'), 'hosts: files dns myhostname\n');
    const asking = names(await serve({}));
    expect(await find(asking, own)).toBe(known);
  });
});

describe('what was found', () => {
  it('is remembered for its TTL, and asked for once by all that ask meanwhile', async () => {
    let now = 0;
    const server = await serve({ 'a.example': ['10.0.0.1'] });
    server.ttl = 7;
    const found = names(server, {}, () => now);
    const together = await Promise.all(Array.from({ length: 20 }, () => find(found, 'a.example')));
    expect(new Set(together)).toEqual(new Set(['10.0.0.1']));
    now = 6999;
    await find(found, 'a.example');
    expect(server.asked).toHaveLength(2);
    now = 7000;
    await find(found, 'a.example');
    expect(server.asked).toHaveLength(4);
  });

  it('is remembered for half a minute at most, and not at all with a TTL of 0', async () => {
    let now = 0;
    const server = await serve({ 'a.example': ['10.0.0.1'] });
    const found = names(server, {}, () => now);
    for (let n = 1; n <= 3; n += 1) {
      await find(found, 'a.example');
      expect(server.asked).toHaveLength(2 * n);
    }
    server.ttl = 86_400;
    await find(found, 'a.example');
    now = 29_999;
    await find(found, 'a.example');
    expect(server.asked).toHaveLength(8);
    now = 30_000;
    await find(found, 'a.example');
    expect(server.asked).toHaveLength(10);
  });

  it('is forgotten within a second when it was nothing', async () => {
    let now = 0;
    const server = await serve({});
    const found = names(server, {}, () => now);
    for (const time of [0, 899]) {
      now = time;
      expect(await find(found, 'a.example')).toBe('ENOTFOUND');
    }
    expect(server.asked).toHaveLength(2);
    now = 1000;
    await find(found, 'a.example');
    expect(server.asked).toHaveLength(4);
  });
});

describe('names whose server never answers', () => {
  // Their questions, two each, fit into the buffer of a socket: more would push out those that are answered.
  const dead = Object.fromEntries(
    Array.from({ length: 80 }, (_, i) => [`dead${i}.example`, 'silence'] as const),
  );

  it('delay nobody, not the system either, and end when the service does', async () => {
    const server = await serve({ ...dead, 'alive.example': ['10.0.0.1'] });
    const found = names(server);
    let ended = 0;
    const lookups = Object.keys(dead).map(async (name) => {
      const answer = await find(found, name);
      ended += 1;
      return answer;
    });
    for (let n = 0; n < 5; n += 1) expect(await find(found, 'alive.example')).toBe('10.0.0.1');
    expect((await systemLookup('localhost')).address).toMatch(/^(?:127\.0\.0\.1|::1)$/);
    expect(ended).toBe(0);
    found.close();
    expect(new Set(await Promise.all(lookups))).toEqual(new Set(['ETIMEOUT']));
  });
});
