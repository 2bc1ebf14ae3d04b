import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import { NEVER, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { until } from '../../test/support/until.js';
import { FeedItem } from './feed-item.js';
import { sendStream, streamText, stuck, type StreamSettings } from './feed-stream.js';

const HEAD = 'retry: 2000\n: ready\n\n';
const item = (n: number, size = 0): FeedItem =>
  new FeedItem('delivery', { topic: null, webhookIds: [] }, () => ({ n, more: 'x'.repeat(size) }));

function marbles(run: (scheduler: TestScheduler, settings: StreamSettings) => void): void {
  const scheduler = new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
  scheduler.run(() => {
    run(scheduler, { tickMs: 4, heartbeatMs: 10, stuckMs: 20, most: 2, scheduler });
  });
}

describe('the text of a stream', () => {
  it('begins at once, tells at each tick what came, and beats', () => {
    marbles((scheduler, settings) => {
      const items$ = scheduler.createHotObservable<FeedItem>('-a-b--', { a: item(1), b: item(2) });
      const sink = { isReady: () => true, drained$: NEVER };
      const result = streamText(items$, sink, settings);
      scheduler.expectObservable(result, '12ms !').toBe('h---x-----b', {
        h: HEAD,
        x: item(1).text + item(2).text,
        b: ': still here\n\n',
      });
    });
  });

  it('holds the newest for a client that is not ready, and says how many it missed', () => {
    marbles((scheduler, settings) => {
      const values = { a: item(1), b: item(2), c: item(3), d: item(4), e: item(5) };
      const items$ = scheduler.createHotObservable<FeedItem>('-abcde', values);
      const sink = { isReady: () => scheduler.now() > 10, drained$: NEVER };
      const result = streamText(items$, sink, settings);
      scheduler.expectObservable(result, '13ms !').toBe('h-----------x', {
        h: HEAD,
        x: `event: lagging\ndata: {"dropped":3}\n\n${item(4).text}${item(5).text}`,
      });
    });
  });
});

describe('a client', () => {
  it('is stuck when it takes nothing for the whole time', () => {
    marbles((scheduler, settings) => {
      const drained$ = scheduler.createHotObservable('-----d');
      const sink = { isReady: () => false, drained$ };
      scheduler.expectObservable(stuck(sink, settings)).toBe('24ms (s|)', { s: 10 });
    });
  });

  it('is not stuck as long as it takes something now and then, or waits for news', () => {
    marbles((scheduler, settings) => {
      const drained$ = scheduler.createHotObservable('10ms d 10ms d 10ms d');
      scheduler.expectObservable(stuck({ isReady: () => false, drained$ }, settings), '50ms !').toBe('');
      scheduler
        .expectObservable(stuck({ isReady: () => true, drained$: NEVER }, settings), '50ms !')
        .toBe('');
    });
  });
});

describe('a client on a real connection', () => {
  const settings = { tickMs: 5, heartbeatMs: 1000, stuckMs: 500, most: 64 };
  const items$ = new Subject<FeedItem>();
  const ends$ = new Subject<void>();
  let server: Server;
  let socket: Socket;
  let answers: ServerResponse[];
  let dropped: number;

  beforeEach(async () => {
    [answers, dropped] = [[], 0];
    const app = express();
    app.get('/', (_, response) => {
      answers.push(response);
      sendStream(response, items$, ends$, () => (dropped += 1), settings);
    });
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    socket.on('error', () => undefined);
    await until(() => answers.length === 1);
  });
  afterEach(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });

  it('that reads nothing is not buffered for, and dropped', async () => {
    socket.pause();
    let most = 0;
    const flood = setInterval(() => {
      for (let n = 0; n < 200; n += 1) items$.next(item(n, 4096));
      most = Math.max(most, answers[0]!.writableLength);
    }, 5);
    await until(() => dropped === 1, 'the drop');
    clearInterval(flood);
    expect(answers[0]!.destroyed).toBe(true);
    // One batch beyond what the sockets hold.
    expect(most).toBeLessThan(64 * 4096 * 3);
    await until(() => !items$.observed, 'the end of the stream');
  });

  it('gets the end when the service stops, and is forgotten when it goes', async () => {
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    await until(() => text.includes(': ready'));
    items$.next(item(7));
    await until(() => text.includes('"n":7'));
    expect(text).toMatch(/content-type: text\/event-stream/i);
    ends$.next();
    await until(() => text.endsWith('0\r\n\r\n'));
    await until(() => !items$.observed, 'the end of the stream');
    expect(dropped).toBe(0);
  });
});
