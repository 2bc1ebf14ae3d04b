import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { serverSentEvents } from './server-sent-events.js';

async function read(pieces: readonly Uint8Array[]): Promise<unknown[]> {
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  const events: unknown[] = [];
  for await (const event of serverSentEvents(stream())) events.push(event);
  return events;
}

const TEXT =
  ': ready\n\nevent: delivery\ndata: {"name":"Jöhn 😀"}\n\ndata:a\r\ndata: b\r\n\r\nid: 1\nevent: empty\n\nevent: lagging\rdata: {"dropped":3}\r\revent: cut\ndata: off';
const EVENTS = [
  { name: 'delivery', data: '{"name":"Jöhn 😀"}' },
  { name: 'message', data: 'a\nb' },
  { name: 'lagging', data: '{"dropped":3}' },
];

describe('a stream of server-sent events', () => {
  it('is read the same wherever it is cut', async () => {
    const bytes = Buffer.from(TEXT);
    const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const places = [0, ...at.sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(await read(pieces)).toEqual(EVENTS);
      }),
      { numRuns: 300 },
    );
  });

  it('does not gather a line without an end', async () => {
    const piece = Buffer.alloc(2 ** 19, 'x');
    await expect(read([piece, piece, piece])).rejects.toThrow('too long');
  });
});
