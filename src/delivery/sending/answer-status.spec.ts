import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnswerStatus } from './answer-status.js';

const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n';
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** What is read from bytes that arrive in these pieces, and what is passed on. */
function read(...pieces: string[]): { status: AnswerStatus; passed: string } {
  const status = new AnswerStatus();
  const chunks = pieces.map((piece) => Buffer.from(piece, 'latin1'));
  for (const chunk of chunks) status.see(chunk);
  return { status, passed: Buffer.concat(chunks).toString('latin1') };
}

describe('the status of an answer', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\n', 200],
    ['HTTP/1.0 404 Not Found\n', 404],
    ['HTTP/1.1 204\r\n', 204],
    ['HTTP/1.1 503 \r\n', 503],
    [`\r\n\r\nHTTP/1.1 200 OK\r\n`, 200],
    [`${HINTS}${HINTS}HTTP/1.1 202 Accepted\r\n`, 202],
    [`${CONTINUE}HTTP/1.1 200 OK\r\n`, 200],
    [`HTTP/1.1 200 OK\r\nX: HTTP/1.1 500 No\r\n`, 200],
    ['', 0],
    ['HTTP/1.1 200 OK', 0],
    ['HTTP/1.1 20\r\n', 0],
    ['HTTP/1.1 2000 OK\r\n', 0],
    ['HTTP/1.1 abc\r\n', 0],
    ['HTTP/2 200\r\n', 0],
    ['SSH-2.0-OpenSSH_9.6\r\n', 0],
    ['SSH-2.0\r\nHTTP/1.1 200 OK\r\n', 0],
    [`${HINTS}HTTP/1.1 20`, 0],
    ['HTTP/1.1 103 Early Hints\r\nHTTP/1.1 200 OK\r\n', 0],
  ])('of %j is %i', (text, expected) => {
    expect(read(text).status.final).toBe(expected);
  });

  it('is the same in whatever pieces the bytes come', () => {
    const text = `${CONTINUE}${HINTS}${CONTINUE}HTTP/1.1 201 Created\r\nX-A: 100\r\n\r\nHTTP/1.1 100 x`;
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(text.length), { maxLength: 40 }), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), text.length];
        const { status, passed } = read(...ends.map((end, i) => text.slice(ends[i - 1] ?? 0, end)));
        expect(status.final).toBe(201);
        expect(passed).toBe(text.replaceAll(CONTINUE, CONTINUE.replace('100', '102')));
      }),
    );
  });

  it('begins anew with the next answer of a connection', () => {
    const { status } = read('HTTP/1.1 200 OK\r\n\r\n');
    status.reset();
    expect(status.final).toBe(0);
    status.see(Buffer.from('HTTP/1.1 500 No\r\n'));
    expect(status.final).toBe(500);
  });

  it('says that the receiver wants another protocol', () => {
    expect(read('HTTP/1.1 101 Switching Protocols\r\n').status).toMatchObject({ final: 0, switched: true });
    expect(read(HINTS).status.switched).toBe(false);
  });
});
