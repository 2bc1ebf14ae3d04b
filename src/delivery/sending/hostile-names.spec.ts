import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { attempt, closeAll, receive, sender } from '../../../test/support/outbound.js';
import type { AttemptResult } from '../model/delivery.js';
import type { NameLookup } from './name-lookup.js';

/** Stands for a public address: the only one that is allowed here. */
const ALLOWED = '127.0.0.2';
const PRIVATE = [
  '127.0.0.1',
  '127.0.0.3',
  '10.0.0.1',
  '169.254.169.254',
  '::1',
  '::ffff:127.0.0.1',
  'fe80::1',
];
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok';

const servers: Server[] = [];
/** The addresses that were connected to, in this order. */
let called: string[];
let port: number;

/** The same port on each of the loopback addresses that the names below lead to. */
async function listen(host: string, wanted = 0): Promise<number> {
  const server = createServer((socket) => {
    called.push(host);
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.write(OK));
  });
  server.listen({ port: wanted, host, ipv6Only: host.includes(':') });
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

beforeEach(async () => {
  called = [];
  port = await listen(ALLOWED);
  for (const host of ['127.0.0.1', '127.0.0.3', '::1']) await listen(host, port);
});
afterEach(async () => {
  await closeAll();
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
});

/** A resolver that gives the answers one after the other, the last one for all that follow. */
function resolver(...answers: (readonly string[])[]): { lookup: NameLookup; asked: () => number } {
  let count = 0;
  const lookup = (_: string, __: unknown, callback: (error: null, found: LookupAddress[]) => void): void => {
    const found = answers[Math.min(count++, answers.length - 1)] ?? [];
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { lookup: lookup, asked: () => count };
}

async function attempts(lookup: NameLookup, count: number): Promise<AttemptResult[]> {
  const own = await sender({ allowedNetworks: [`${ALLOWED}/32`], lookup });
  const results: AttemptResult[] = [];
  for (let n = 0; n < count; n += 1) {
    results.push(await firstValueFrom(own.send(attempt(`http://rebind.example:${port}/`))));
  }
  return results;
}

describe('a name', () => {
  it.each(PRIVATE)('that leads to %s gets nothing', async (address) => {
    const [result] = await attempts(resolver([address]).lookup, 1);
    expect(result).toMatchObject({ responseCode: null, errorMessage: 'refused by policy' });
    expect(called).toEqual([]);
  });

  it('that leads to private addresses of both families gets nothing', async () => {
    const [result] = await attempts(resolver(PRIVATE).lookup, 1);
    expect(result).toMatchObject({ responseCode: null, errorMessage: 'refused by policy' });
    expect(called).toEqual([]);
  });

  it('that leads to private and public addresses is called at a public one only', async () => {
    const [result] = await attempts(resolver([...PRIVATE, ALLOWED, '::1']).lookup, 1);
    expect(result).toMatchObject({ responseCode: 200 });
    expect(called).toEqual([ALLOWED]);
  });

  it('that is rebound between check and connection gets nothing: it is looked up once, and that is called', async () => {
    const { lookup, asked } = resolver([ALLOWED], ['127.0.0.1']);
    const [result] = await attempts(lookup, 1);
    expect(result).toMatchObject({ responseCode: 200 });
    expect(asked()).toBe(1);
    expect(called).toEqual([ALLOWED]);
  });

  it('that is rebound between attempts is judged anew in each of them', async () => {
    const results = await attempts(resolver([ALLOWED], ['127.0.0.1'], ['::1'], [ALLOWED]).lookup, 4);
    expect(results.map(({ responseCode, errorMessage }) => responseCode ?? errorMessage)).toEqual([
      200,
      'refused by policy',
      'refused by policy',
      200,
    ]);
    expect(called).toEqual([ALLOWED, ALLOWED]);
  });
});

describe('what the environment and answers suggest', () => {
  it('is ignored: no proxy is asked', async () => {
    const [receiver, proxy] = [await receive(), await receive()];
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
    const set = {
      ...Object.fromEntries(names.map((name) => [name, proxy.url('')])),
      NODE_USE_ENV_PROXY: '1',
    };
    const before = { ...process.env };
    Object.assign(process.env, set);
    try {
      const result = await firstValueFrom((await sender()).send(attempt(receiver.url())));
      expect(result).toMatchObject({ responseCode: 200 });
    } finally {
      for (const name of Object.keys(set)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    }
    expect(proxy.requests).toHaveLength(0);
    expect(receiver.requests).toHaveLength(1);
  });

  it('is forgotten: no cookie comes back', async () => {
    const receiver = await receive([{ headers: { 'set-cookie': 'session=planted; Path=/' } }]);
    const own = await sender();
    await firstValueFrom(own.send(attempt(receiver.url())));
    await firstValueFrom(own.send(attempt(receiver.url())));
    expect(receiver.requests).toHaveLength(2);
    for (const { headers } of receiver.requests) expect(headers).not.toHaveProperty('cookie');
  });
});
