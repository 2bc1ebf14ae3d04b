import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { attempt, closeAll, receiveRaw, sender } from '../../../test/support/outbound.js';

const onEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of onEnd.splice(0)) end();
  await closeAll();
});

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
/** Signed by itself, for localhost and 127.0.0.1. */
const AUTHORITY = 'test/support/tls/self-signed.pem';

async function call(host: string, tlsCaFile?: string): Promise<{ requests: number; error: string | null }> {
  const receiver = await receiveRaw((socket) => socket.end(OK), { tls: true });
  const own = await sender(tlsCaFile === undefined ? {} : { tlsCaFile });
  const { errorMessage } = await firstValueFrom(own.send(attempt(`https://${host}:${receiver.port}/hook`)));
  return { requests: receiver.requests.length, error: errorMessage };
}

describe('the authorities of tlsCaFile', () => {
  it.each(['127.0.0.1', 'localhost'])('are trusted for what they have signed: %s', async (host) => {
    expect(await call(host, AUTHORITY)).toEqual({ requests: 1, error: null });
  });

  it('are not trusted for another host than the one that they have signed', async () => {
    const pem = readFileSync(AUTHORITY);
    let connections = 0;
    const server = createServer({ key: pem, cert: pem }, (socket) => socket.end(OK));
    server.on('connection', () => (connections += 1)).listen(0, '127.0.0.2');
    await once(server, 'listening');
    onEnd.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const own = await sender({ tlsCaFile: AUTHORITY });
    const { errorMessage } = await firstValueFrom(own.send(attempt(`https://127.0.0.2:${port}/hook`)));
    expect({ connections, errorMessage }).toEqual({ connections: 1, errorMessage: 'could not connect' });
  });

  it('are needed', async () => {
    expect(await call('127.0.0.1')).toEqual({ requests: 0, error: 'could not connect' });
  });
});
