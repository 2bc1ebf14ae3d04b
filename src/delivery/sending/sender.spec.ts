import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, toArray } from 'rxjs';
import { ManualClock } from '../../../test/support/clock.js';
import { attempt, closeAll, receive, receiveRaw, send, sender } from '../../../test/support/outbound.js';
import { until } from '../../../test/support/until.js';
import { VERSION } from '../../common/version.js';

afterEach(closeAll);

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('the request', () => {
  it('is on the wire exactly what the contract says', async () => {
    const receiver = await receiveRaw((socket) => socket.write(OK));
    const clock = new ManualClock();
    const request = attempt(receiver.url('/a%20b?c=d'), {
      secrets: ['new', 'old'],
      headers: { 'X-Own': 'yes' },
    });
    await firstValueFrom((await sender({ clock })).send(request));
    const timestamp = Math.floor(clock.now() / 1000);
    const hmac = (key: string, text: string) => createHmac('sha256', key).update(text);
    const body = request.body.toString('utf8');
    const standard = ['new', 'old'].map(
      (key) => `v1,${hmac(key, `event-1.${timestamp}.${body}`).digest('base64')}`,
    );
    const [wire = ''] = receiver.requests;
    expect(Buffer.from(wire, 'latin1').toString('utf8').split('\r\n')).toEqual([
      'POST /a%20b?c=d HTTP/1.1',
      `host: 127.0.0.1:${receiver.port}`,
      'connection: keep-alive',
      'Accept: */*',
      'X-Own: yes',
      'Content-Type: application/json',
      `User-Agent: Basset-Hound-Webhooks/${VERSION}`,
      'webhook-id: event-1',
      `webhook-timestamp: ${timestamp}`,
      'X-Webhook-Event: entity.created',
      'X-Webhook-Delivery: delivery-1',
      'X-Webhook-Attempt: 2',
      `X-Webhook-Signature: sha256=${hmac('new', body).digest('hex')}`,
      `webhook-signature: ${standard.join(' ')}`,
      `content-length: ${request.body.length}`,
      '',
      body,
    ]);
  });

  it('accepts what the webhook says, if it says so', async () => {
    const receiver = await receiveRaw((socket) => socket.write(OK));
    await firstValueFrom(
      (await sender()).send(attempt(receiver.url(), { headers: { accept: 'text/plain' } })),
    );
    expect(receiver.requests[0]!.match(/^accept: .*$/gim)).toEqual(['accept: text/plain']);
  });

  it('is unsigned without a secret', async () => {
    const receiver = await receive();
    await send(receiver.url());
    expect(Object.keys(receiver.requests[0]!.headers).join()).not.toMatch(/signature/);
  });

  it('goes over a kept connection, and over more when there are more at once', async () => {
    const receiver = await receive((_, number) => ({ delayMs: number < 2 ? 0 : 1000 }));
    const own = await sender();
    const one = () => firstValueFrom(own.send(attempt(receiver.url())));
    await one();
    await wait(10);
    await one();
    expect(receiver.connections).toBe(1);
    await Promise.all(Array.from({ length: 8 }, one));
    expect(receiver.maxInFlight).toBe(8);
  });

  it('emits once, completes, and tells when it started and how long it took', async () => {
    const receiver = await receive([{ delayMs: 30 }]);
    const own = await sender();
    const before = Date.now();
    const results = await firstValueFrom(own.send(attempt(receiver.url())).pipe(toArray()));
    expect(results).toHaveLength(1);
    expect(Date.parse(results[0]!.startedAt)).toBeGreaterThanOrEqual(before);
    expect(Number.isInteger(results[0]!.durationMs)).toBe(true);
    expect(results[0]!.durationMs).toBeGreaterThanOrEqual(25);
  });
});

describe('the answer', () => {
  it.each([200, 201, 204, 299])('%i is success', async (status) => {
    const receiver = await receive([status]);
    expect(await send(receiver.url())).toMatchObject({ responseCode: status, errorMessage: null });
  });

  it.each([301, 302, 307, 308])('%i is not followed', async (status) => {
    const elsewhere = await receive();
    const receiver = await receive([{ status, headers: { location: elsewhere.url() } }]);
    const expected = { responseCode: status, errorMessage: `HTTP ${status}` };
    expect(await send(receiver.url())).toMatchObject(expected);
    expect(elsewhere.requests).toHaveLength(0);
  });

  it.each([
    ['one', '7', 7],
    ['several', ['7', '9'], 9],
    ['a senseless', 'soon', null],
  ])('may carry %s Retry-After', async (_, value, retryAfterSeconds) => {
    const receiver = await receive([{ status: 429, headers: { 'retry-after': value as string } }]);
    expect(await send(receiver.url())).toMatchObject({ responseCode: 429, retryAfterSeconds });
  });

  it('is kept up to 1 KiB, without NUL, as it came', async () => {
    const receiver = await receive([
      { body: `a\0b${'c'.repeat(5000)}` },
      { body: Buffer.from([0x1f, 0x8b]), headers: { 'content-encoding': 'gzip' } },
    ]);
    const own = await sender();
    const first = await firstValueFrom(own.send(attempt(receiver.url())));
    expect(first.responseBody).toBe(`ab${'c'.repeat(1021)}`);
    await wait(10);
    const second = await firstValueFrom(own.send(attempt(receiver.url())));
    expect(second).toMatchObject({ responseCode: 200, responseBody: '\x1f\ufffd' });
    expect(receiver.connections).toBe(1);
  });

  it('is never unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    const receiver = await receive([{ body: bomb, headers: { 'content-encoding': 'gzip' } }]);
    const { responseCode, responseBody } = await send(receiver.url());
    expect(responseCode).toBe(200);
    expect(responseBody).toBe(bomb.subarray(0, 1024).toString('utf8').replaceAll('\0', ''));
    expect(receiver.requests[0]!.headers).not.toHaveProperty('accept-encoding');
  });

  it('may be endless: its first KiB is enough, and the connection is cut', async () => {
    const receiver = await receiveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const more = (): boolean => socket.writable && socket.write(`400\r\n${'x'.repeat(1024)}\r\n`);
      const timer = setInterval(more, 1);
      socket.once('close', () => clearInterval(timer));
    });
    const result = await send(receiver.url());
    expect(result).toMatchObject({ responseCode: 200, responseBody: 'x'.repeat(1024), errorMessage: null });
    await until(() => receiver.sockets[0]!.destroyed, 'the cut');
  });

  it('is done with its first KiB even if the rest only drips', async () => {
    const receiver = await receiveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n${'x'.repeat(1500)}`);
    });
    const result = await send(receiver.url());
    expect(result).toMatchObject({ responseCode: 200, errorMessage: null });
    expect(result.durationMs).toBeLessThan(900);
    await until(() => receiver.sockets[0]!.destroyed, 'the cut');
  });

  it('may be announced by other ones', async () => {
    const receiver = await receiveRaw((socket) => socket.write(`HTTP/1.1 103 Early Hints\r\n\r\n${OK}`));
    expect(await send(receiver.url())).toMatchObject({ responseCode: 200, responseBody: 'ok' });
  });
});
