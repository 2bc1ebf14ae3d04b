import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { closeAll, receive, receiveRaw, send, type Setting } from '../../../test/support/outbound.js';
import type { AttemptResult } from '../model/delivery.js';

afterEach(closeAll);

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** What an attempt says in detail, and what it says of a place that only ALLOWED_NETWORKS opens. */
async function codes(url: string, setting: Setting = {}): Promise<(string | null)[]> {
  const results = [await send(url, { ...setting, loopbackIsPublic: true }), await send(url, setting)];
  for (const { errorMessage } of results) expect(errorMessage ?? '').not.toMatch(/127\.0\.0|localhost|:\d/);
  return results.map(({ errorCode }: AttemptResult) => errorCode);
}

/** As `codes`, with longer and longer deadlines: on a busy machine a connection takes its time. */
async function codesOnceConnected(url: string): Promise<(string | null)[]> {
  for (const deliveryTimeoutSeconds of [0.5, 2, 8]) {
    const found = await codes(url, { deliveryTimeoutSeconds });
    if (found[0] !== 'timed_out_connect') return found;
  }
  return codes(url);
}

const raw = async (answer: (socket: Socket) => unknown, tls = false): Promise<string> => {
  const receiver = await receiveRaw(answer, { tls });
  return tls ? receiver.url().replace('http:', 'https:') : receiver.url();
};

describe('error_code', () => {
  it('is null for a success', async () => {
    const receiver = await receive();
    expect(await codes(receiver.url())).toEqual([null, null]);
  });

  it('is http for another answer', async () => {
    const receiver = await receive([500, 500]);
    expect(await codes(receiver.url())).toEqual(['http', 'http']);
  });

  it('is refused where nobody listens', async () => {
    const receiver = await receive();
    const url = receiver.url();
    await receiver.close();
    expect(await codes(url)).toEqual(['refused', 'could_not_connect']);
    expect(await codes(url.replace('127.0.0.1', 'localhost'))).toEqual(['refused', 'could_not_connect']);
  });

  it.each<[string, (socket: Socket) => unknown]>([
    ['resets', (socket) => socket.resetAndDestroy()],
    ['ends', (socket) => socket.end()],
    ['ends within the status line', (socket) => socket.end('HTTP/1.1 20')],
  ])('is reset when the connection %s', async (_, answer) => {
    expect(await codes(await raw(answer))).toEqual(['reset', 'could_not_connect']);
  });

  it.each<[string, (socket: Socket) => unknown]>([
    ['speaks something else', (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
    [
      'changes protocols',
      (socket) => socket.write('HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    ],
    ['never comes to an answer', (socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(20))],
  ])('is not_http when the receiver %s', async (_, answer) => {
    expect(await codes(await raw(answer))).toEqual(['not_http', 'could_not_connect']);
  });

  it('is not_http where no TLS is spoken', async () => {
    const url = (await raw((socket) => socket.end(OK))).replace('http:', 'https:');
    const server = createServer((socket) => socket.on('error', () => socket.destroy()).end(OK));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      expect(await codes(url.replace(/:\d+/, `:${port}`))).toEqual(['not_http', 'could_not_connect']);
    } finally {
      server.close();
    }
  });

  it('is timed_out_answer when nothing comes', async () => {
    expect(await codesOnceConnected(await raw(() => undefined))).toEqual(['timed_out_answer', 'timed_out']);
  });

  it('is timed_out_connect when the handshake does not end', async () => {
    const silent = createServer((socket) => socket.on('error', () => socket.destroy()).resume());
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    try {
      const setting = { deliveryTimeoutSeconds: 0.5 };
      expect(await codes(`https://127.0.0.1:${port}/`, setting)).toEqual(['timed_out_connect', 'timed_out']);
    } finally {
      silent.close();
    }
  });

  it('is tls_untrusted where nobody has signed the certificate', async () => {
    const url = await raw((socket) => socket.end(OK), true);
    expect(await codes(url)).toEqual(['tls_untrusted', 'could_not_connect']);
  });

  it('is tls_name where the certificate is for another', async () => {
    const url = (await raw((socket) => socket.end(OK), true)).replace('127.0.0.1', 'other.localhost');
    const lookup: any = (_: string, __: unknown, callback: (error: null, found: unknown) => void) =>
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    const setting = { lookup, tlsCaFile: 'test/support/tls/self-signed.pem' };
    expect(await send(url, { ...setting, loopbackIsPublic: true })).toMatchObject({ errorCode: 'tls_name' });
    expect(await send(url, setting)).toMatchObject({ errorCode: 'could_not_connect' });
  });

  it('is policy for what may not be called', async () => {
    expect(await codes('http://10.0.0.1/')).toEqual(['policy', 'policy']);
  });

  it('is policy for what DENIED_NETWORKS closes, though it is allowed, and by name as well', async () => {
    const receiver = await receive();
    const deniedNetworks = ['127.0.0.1/32'];
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
      const url = receiver.url().replace('127.0.0.1', host);
      expect(await send(url, { deniedNetworks })).toMatchObject({ errorCode: 'policy', responseCode: null });
    }
    expect(receiver.requests).toHaveLength(0);
  });

  it('is dns_not_found for a name that nobody knows', async () => {
    const unknown = Object.assign(new Error('planted'), { code: 'ENOTFOUND' });
    const lookup: any = (_: string, __: unknown, callback: (error: Error) => void) => callback(unknown);
    for (const loopbackIsPublic of [true, false]) {
      const result = await send('http://nobody.example/', { lookup, loopbackIsPublic });
      expect(result).toMatchObject({
        errorCode: 'dns_not_found',
        errorMessage: 'could not connect: the name is not known',
      });
    }
  });
});
