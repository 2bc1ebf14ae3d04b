import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import {
  attempt,
  closeAll,
  inTime,
  receive,
  receiveRaw,
  send,
  sender,
} from '../../../test/support/outbound.js';
import { until } from '../../../test/support/until.js';

afterEach(closeAll);

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const nothing = { responseCode: null, responseBody: null, retryAfterSeconds: null };

/** Writes the text again and again until the connection is closed. */
function drip(socket: Socket, text: string, first = text): void {
  socket.write(first);
  const timer = setInterval(() => socket.writable && socket.write(text), 20);
  socket.once('close', () => {
    clearInterval(timer);
  });
}

describe('an attempt without an answer', () => {
  it('could not connect where nobody listens', async () => {
    const receiver = await receive();
    const url = receiver.url();
    await receiver.close();
    expect(await send(url)).toMatchObject({ ...nothing, errorMessage: 'could not connect' });
  });

  it('could not connect where nobody has signed the certificate, and sends nothing there', async () => {
    const receiver = await receiveRaw((socket) => socket.end(OK), { tls: true });
    for (const host of ['127.0.0.1', 'localhost']) {
      const url = `https://${host}:${receiver.port}/`;
      expect(await send(url)).toMatchObject({ ...nothing, errorMessage: 'could not connect' });
    }
    expect(receiver.requests).toHaveLength(0);
  });

  it('could not connect where no TLS is spoken', async () => {
    const receiver = await receive();
    const url = receiver.url().replace('http:', 'https:');
    expect(await send(url)).toMatchObject({ ...nothing, errorMessage: 'could not connect' });
    expect(receiver.requests).toHaveLength(0);
  });

  it.each<[string, (socket: Socket) => unknown]>([
    ['is reset', (socket) => socket.resetAndDestroy()],
    ['is closed', (socket) => socket.end()],
  ])('could not connect when the connection %s, and is not repeated', async (_, answer) => {
    const receiver = await receiveRaw(answer);
    expect(await send(receiver.url())).toMatchObject({ ...nothing, errorMessage: 'could not connect' });
    expect(receiver.requests).toHaveLength(1);
  });

  it.each<[string, (socket: Socket) => unknown]>([
    ['nothing comes', () => undefined],
    ['the status line drips', (socket) => drip(socket, 'O', 'HTTP/1.1 200 ')],
    ['only Early Hints come', (socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n')],
  ])('timed out when %s, and the connection is cut', async (_, answer) => {
    const receiver = await receiveRaw(answer);
    const result = await send(receiver.url(), { deliveryTimeoutSeconds: 0.25 });
    expect(result).toMatchObject({ ...nothing, errorMessage: 'timed out' });
    await until(() => receiver.sockets.every(({ destroyed }) => destroyed), 'the cut');
  });

  it.each<[string, number, (socket: Socket) => unknown]>([
    ['headers drip', 200, (socket) => drip(socket, 'X-A: b\r\n', 'HTTP/1.1 200 OK\r\n')],
    ['the headers of an error drip', 503, (socket) => drip(socket, 'X-A: b\r\n', 'HTTP/1.1 503 No\r\n')],
    ['the body drips', 200, (socket) => drip(socket, 'x', OK.replace('2\r\n', '900\r\n'))],
    [
      'the body never comes',
      204,
      (socket) => socket.write(OK.replace('200', '204').replace('2\r\n\r\nok', '9\r\n\r\n')),
    ],
  ])('has the status that was read when %s beyond the deadline', async (_, status, answer) => {
    const receiver = await receiveRaw(answer);
    const result = await inTime(
      (deliveryTimeoutSeconds) => send(receiver.url(), { deliveryTimeoutSeconds }),
      ({ responseCode }) => responseCode !== null,
    );
    expect(result).toMatchObject({ responseCode: status, errorCode: status < 300 ? null : 'http' });
    await until(() => receiver.sockets.every(({ destroyed }) => destroyed), 'the cut');
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]'])(
    'is refused by policy where no private network is allowed: %s',
    async (host) => {
      const receiver = await receiveRaw((socket) => socket.end(OK));
      const result = await send(`http://${host}:${receiver.port}/`, { allowedNetworks: [] });
      expect(result).toMatchObject({ ...nothing, errorMessage: 'refused by policy' });
      expect(receiver.sockets).toHaveLength(0);
    },
  );

  it('goes to the allowed one of the addresses of a name', async () => {
    const receiver = await receive();
    expect(await send(receiver.url().replace('127.0.0.1', 'localhost'))).toMatchObject({ responseCode: 200 });
  });

  it('is a result even if the request cannot be made', async () => {
    const own = await sender();
    const broken = attempt('http://127.0.0.1/', { headers: { 'X-Broken': 'a\r\nb' } });
    expect(await firstValueFrom(own.send(broken))).toMatchObject({ errorMessage: 'could not connect' });
    const nowhere = { ...broken, endpoint: { ...broken.endpoint, url: 'nowhere' } };
    expect(await firstValueFrom(own.send(nowhere))).toMatchObject({ errorMessage: 'could not connect' });
  });
});

describe('unsubscribing', () => {
  it('ends the request', async () => {
    const receiver = await receiveRaw(() => undefined);
    const emitted: unknown[] = [];
    const subscription = (await sender()).send(attempt(receiver.url())).subscribe((result) => {
      emitted.push(result);
    });
    await until(() => receiver.requests.length === 1);
    subscription.unsubscribe();
    await until(() => receiver.sockets[0]!.destroyed, 'the cut');
    expect(emitted).toEqual([]);
  });

  it('ends it also before there is a connection', async () => {
    const receiver = await receiveRaw((socket) => socket.end(OK));
    (await sender()).send(attempt(receiver.url())).subscribe().unsubscribe();
    await wait(100);
    expect(receiver.requests).toHaveLength(0);
  });
});

describe('a kept connection that was closed meanwhile', () => {
  /** How long ago a request began decides whether its connection was closed before: no stall of the machine must. */
  const stopTheClock = (): ((ms: number) => void) => {
    let now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
    restore = () => clock.mockRestore();
    return (ms) => (now += ms);
  };
  let restore = (): void => undefined;
  afterEach(() => restore());

  const ends: [string, (socket: Socket) => unknown][] = [
    ['closes', (socket) => socket.destroy()],
    ['resets', (socket) => socket.resetAndDestroy()],
  ];

  it.each(ends)('is replaced by a new one within the same attempt (%s)', async (_, end) => {
    stopTheClock();
    const receiver = await receiveRaw((socket, number) => (number === 1 ? end(socket) : socket.write(OK)));
    const own = await sender();
    await firstValueFrom(own.send(attempt(receiver.url())));
    await wait(10);
    expect(await firstValueFrom(own.send(attempt(receiver.url())))).toMatchObject({ responseCode: 200 });
    expect(receiver.sockets).toHaveLength(2);
    expect(receiver.requests).toHaveLength(3);
    const withoutConnection = receiver.requests.map((text) => text.replace(/connection: .*\r\n/, ''));
    expect(withoutConnection[2]).toBe(withoutConnection[1]);
  });

  it('is no reason to repeat what the receiver had time to read', async () => {
    const pass = stopTheClock();
    const receiver = await receiveRaw((socket, number) => {
      if (number === 0) socket.write(OK);
      else {
        pass(1500);
        socket.destroy();
      }
    });
    const own = await sender();
    await firstValueFrom(own.send(attempt(receiver.url())));
    await wait(10);
    const result = await firstValueFrom(own.send(attempt(receiver.url())));
    expect(result).toMatchObject({ ...nothing, errorMessage: 'could not connect' });
    expect(receiver.requests).toHaveLength(2);
  });

  it('is replaced once only', async () => {
    stopTheClock();
    const receiver = await receiveRaw((socket, number) => (number > 0 ? socket.destroy() : socket.write(OK)));
    const own = await sender();
    await firstValueFrom(own.send(attempt(receiver.url())));
    await wait(10);
    const result = await firstValueFrom(own.send(attempt(receiver.url())));
    expect(result).toMatchObject({ ...nothing, errorMessage: 'could not connect' });
    expect(receiver.requests).toHaveLength(3);
  });

  it('is no reason to repeat what has been answered in part', async () => {
    const receiver = await receiveRaw((socket, number) => (number > 0 ? socket.end('HT') : socket.write(OK)));
    const own = await sender();
    await firstValueFrom(own.send(attempt(receiver.url())));
    await wait(10);
    const result = await firstValueFrom(own.send(attempt(receiver.url())));
    expect(result).toMatchObject({ ...nothing, errorMessage: 'could not connect' });
    expect(receiver.requests).toHaveLength(2);
  });
});

describe('requests that are interrupted, because the service stops', () => {
  const afterInterruption = async (answer: string, pauseMs: number): Promise<unknown> => {
    const receiver = await receiveRaw((socket) => socket.write(answer));
    const from = await sender();
    const result = firstValueFrom(from.send(attempt(receiver.url())), { defaultValue: undefined });
    await until(() => receiver.requests.length === 1, 'the request');
    await wait(pauseMs);
    await from.interrupt();
    return result;
  };

  it('have the answer of which the status was read, though its body never ends', async () => {
    // Nobody tells when the status line has been read: on a busy machine a little later.
    let result: unknown;
    for (let pauseMs = 50; result === undefined && pauseMs < 5000; pauseMs *= 2)
      result = await afterInterruption(OK.replace('2\r\n\r\nok', '9\r\n\r\nok'), pauseMs);
    expect(result).toMatchObject({ responseCode: 200, errorMessage: null });
  });

  it('have no result where nothing was answered', async () => {
    expect(await afterInterruption('HTTP/1.1 2', 50)).toBeUndefined();
  });
});
