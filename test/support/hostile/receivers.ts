import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';

/** What the attempt must say: the status, or why there was none. */
export type Verdict = number | 'could not connect' | 'timed out';

/** A receiver that does what no receiver should; `behave` has the connection from its first moment on. */
export interface HostileReceiver {
  readonly name: string;
  readonly behave: (socket: Socket) => void;
  readonly verdict: Verdict;
  /** The connection is wrapped in TLS, with a certificate that nobody has signed. */
  readonly tls?: true;
  /** `https` although no TLS is spoken. */
  readonly https?: true;
  /** Size of the body that it is sent. */
  readonly bodyBytes?: number;
  /** Connections that one attempt makes; a second one where the first seems to be a kept one that was closed. @default 1 */
  readonly connections?: number;
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const HEAD = 'HTTP/1.1 200 OK\r\n';
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n`;

type Behaviour = HostileReceiver['behave'];

/** Does something once the head of the request is there. */
function whenAsked(act: Behaviour): Behaviour {
  return (socket) => {
    socket.once('data', () => act(socket));
    socket.on('data', () => undefined);
  };
}

const says = (text: string | Buffer): Behaviour => whenAsked((socket) => socket.write(text));
const saysAndEnds = (text: string): Behaviour => whenAsked((socket) => socket.end(text));

/** Reset as soon as the text is out. */
const saysAndResets = (text: string): Behaviour =>
  whenAsked((socket) => socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 20)));

/** A piece every 20 ms, for ever. */
function drips(first: string, piece: string): Behaviour {
  return whenAsked((socket) => {
    socket.write(first);
    const timer = setInterval(() => socket.writable && socket.write(piece), 20);
    socket.once('close', () => clearInterval(timer));
  });
}

/** As many pieces as the other side takes, for ever. */
function floods(first: string, piece: string): Behaviour {
  const block = Buffer.from(piece.repeat(Math.ceil(65_536 / piece.length)));
  return whenAsked((socket) => {
    const more = (): boolean => socket.writable && socket.write(block, more);
    socket.write(first, more);
  });
}

const row = (name: string, verdict: Verdict, behave: Behaviour, more: object = {}): HostileReceiver => ({
  name,
  verdict,
  behave,
  ...more,
});

const SLOW = [
  row(
    'says nothing',
    'timed out',
    whenAsked(() => undefined),
  ),
  row('does not even read', 'timed out', (socket) => socket.pause(), { bodyBytes: 16 * 1024 * 1024 }),
  row('drips its status line', 'timed out', drips('HTTP/1.1 200 ', 'O')),
  row('drips its headers', 200, drips(HEAD, 'X-A: b\r\n')),
  row('drips its body', 200, drips(`${HEAD}Content-Length: 900\r\n\r\n`, 'x')),
  row('drips its chunks', 200, drips(CHUNKED, '1\r\nx\r\n')),
  row('announces a body that never comes', 200, says(`${HEAD}Content-Length: 900\r\n\r\n`)),
  row('ends neither its body nor the connection', 200, says(`${HEAD}\r\nok`)),
  row('drips after the first KiB', 200, drips(`${HEAD}\r\n${'x'.repeat(1024)}`, 'x')),
  row('never answers the TLS handshake', 'timed out', () => undefined, { https: true }),
];

const ENDLESS = [
  row('has a status line without end', 'timed out', floods('HTTP/1.1 200 ', 'O')),
  row('has headers without end', 200, floods(HEAD, 'X-Long: 0123456789abcdef\r\n')),
  row('has a header without end', 200, floods(`${HEAD}X-Long: `, 'x')),
  row('has a header name without end', 200, floods(HEAD, 'x')),
  row('has a body without end', 200, floods(`${HEAD}\r\n`, 'x')),
  row('has a body of 8 EiB', 200, floods(`${HEAD}Content-Length: 9007199254740991\r\n\r\n`, 'x')),
  row('has chunks of one byte without end', 200, floods(CHUNKED, '1\r\nx\r\n')),
  row('has one chunk without end', 200, floods(`${CHUNKED}fffffffffffff\r\n`, 'x')),
  row('has a chunk extension without end', 200, floods(`${CHUNKED}1;`, 'x')),
  row('has trailers without end', 200, floods(`${CHUNKED}0\r\n`, 'X-Long: 0123456789abcdef\r\n')),
  row('has an error body without end', 500, floods('HTTP/1.1 500 No\r\n\r\n', 'x')),
  row(
    'sends a bomb of gzip',
    200,
    floods(`${HEAD}Content-Encoding: gzip\r\n\r\n`, gzipSync(Buffer.alloc(65_536)).toString('latin1')),
  ),
  row('sends Early Hints without end', 'could not connect', floods('', 'HTTP/1.1 103 Early Hints\r\n\r\n')),
  row(
    'is Processing without end',
    'could not connect',
    drips('HTTP/1.1 102 Processing\r\n\r\n'.repeat(20), ' '),
  ),
  row('answers many times over', 200, floods(OK, OK)),
];

const INTERIM = [
  row(
    'sends some Early Hints first',
    200,
    says(`HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n`.repeat(3) + OK),
  ),
  row('sends Early Hints and ends', 'could not connect', saysAndEnds('HTTP/1.1 103 Early Hints\r\n\r\n')),
  row('sends 100 Continue unasked', 200, says(`${CONTINUE}${OK}`)),
  row('sends 100 Continue and ends', 'could not connect', saysAndEnds(CONTINUE)),
  row('sends 100 Continue without end', 'could not connect', floods('', CONTINUE)),
  row('sends 100 Continue in pieces', 200, (socket) => {
    socket.once('data', () => Buffer.from(CONTINUE + OK).forEach((byte) => socket.write(Buffer.of(byte))));
  }),
  row(
    'changes protocols',
    'could not connect',
    says('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
  ),
];

const BROKEN_OFF = [
  row('resets before the request', 'could not connect', (socket) => socket.resetAndDestroy()),
  row('ends before the request', 'could not connect', (socket) => socket.end()),
  row(
    'resets after the request',
    'could not connect',
    whenAsked((socket) => socket.resetAndDestroy()),
  ),
  row(
    'ends after the request',
    'could not connect',
    whenAsked((socket) => socket.end()),
  ),
  row('ends within its status line', 'could not connect', saysAndEnds('HTTP/1.1 20')),
  row('ends within its headers', 200, saysAndEnds(`${HEAD}Content-`)),
  row('resets within its headers', 200, saysAndResets(`${HEAD}Content-`)),
  row('ends after its headers', 200, saysAndEnds(`${HEAD}Content-Length: 9\r\n\r\n`)),
  row('ends within its body', 200, saysAndEnds(`${HEAD}Content-Length: 9\r\n\r\nok`)),
  row('resets within its body', 200, saysAndResets(`${HEAD}Content-Length: 9\r\n\r\nok`)),
  row('ends within a chunk', 200, saysAndEnds(`${CHUNKED}9\r\nok`)),
  row('ends within the body of an error', 503, saysAndEnds('HTTP/1.1 503 No\r\nContent-Length: 9\r\n\r\nno')),
  row('answers before it has read the request', 200, (socket) => socket.pause().write(OK), {
    bodyBytes: 16 * 1024 * 1024,
  }),
  row(
    'refuses a request that it has not read',
    413,
    (socket) =>
      socket.pause().write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
    {
      bodyBytes: 16 * 1024 * 1024,
    },
  ),
];

const GARBAGE = [
  ...[
    ['speaks SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['speaks SMTP', '220 mail.example.com ESMTP\r\n'],
    ['speaks Redis', "-ERR unknown command 'POST'\r\n"],
    ['speaks HTTP/0.9', '<html>hello</html>\n'],
    ['speaks HTTP/2', '\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64'],
    ['speaks TLS on a plain port', '\x15\x03\x01\0\x02\x02\x46'],
    ['speaks HTTP/9.9', 'HTTP/9.9 200 OK\r\n\r\n'],
    ['has no status', 'HTTP/1.1 abc\r\n\r\n'],
    ['has a status of one digit', 'HTTP/1.1 2 OK\r\n\r\n'],
    ['has a status of five digits', 'HTTP/1.1 20000 OK\r\n\r\n'],
    ['has a negative status', 'HTTP/1.1 -200 OK\r\n\r\n'],
    ['sends NUL only', '\0'.repeat(100)],
    ['sends our own request back', 'POST /hook HTTP/1.1\r\nHost: x\r\n\r\n'],
  ].map(([name = '', text = '']) => row(name, 'could not connect', saysAndEnds(text))),
  row('sends line ends only', 'could not connect', saysAndEnds('\r\n'.repeat(100)), { connections: 2 }),
  ...[
    ['has NUL in a header', `${HEAD}X-A: a\0b\r\n\r\n`],
    ['has a header without a name', `${HEAD}: x\r\n\r\n`],
    ['has a header with a space in its name', `${HEAD}X A: x\r\n\r\n`],
    ['has a negative length', `${HEAD}Content-Length: -1\r\n\r\n`],
    ['has a length that is no number', `${HEAD}Content-Length: 0x2\r\n\r\nok`],
    ['has a length beyond all numbers', `${HEAD}Content-Length: 99999999999999999999999\r\n\r\nok`],
    ['has two lengths', `${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok`],
    ['has a length and chunks', `${HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['has a chunk without a length', `${CHUNKED}zz\r\n`],
    ['has a chunk of negative length', `${CHUNKED}-1\r\nx\r\n`],
    ['has a chunk beyond all numbers', `${CHUNKED}fffffffffffffffffff\r\nx\r\n`],
    ['has a chunk longer than it says', `${CHUNKED}1\r\nxxx\r\n0\r\n\r\n`],
    ['has a body longer than it says', `${OK} and more`],
    ['has no reason', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n'],
    ['claims gzip and sends none', `${HEAD}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok`],
    ['has a senseless Keep-Alive', `${HEAD}Keep-Alive: timeout=-1\r\nContent-Length: 2\r\n\r\nok`],
    ['sets ten thousand cookies', `${HEAD}${'Set-Cookie: a=b\r\n'.repeat(10_000)}Content-Length: 0\r\n\r\n`],
    ['sets a thousand cookies', `${HEAD}${'Set-Cookie: a=b\r\n'.repeat(800)}Content-Length: 0\r\n\r\n`],
  ].map(([name = '', text = '']) => row(name, 200, saysAndEnds(text))),
  row('has broken headers with an error', 503, saysAndEnds('HTTP/1.1 503 No\r\nX A: b\r\n\r\n')),
  row('ends within the headers of an error', 410, saysAndEnds('HTTP/1.1 410 Gone\r\nX-')),
  row('has a body with 204', 204, saysAndEnds('HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok')),
];

/** Where answers would like to lead us. */
const ELSEWHERE = 'http://169.254.169.254/latest/meta-data/';
const LURES = [300, 301, 302, 303, 305, 307, 308, 401, 407, 426].map((status) =>
  row(
    `lures away with ${status}`,
    status,
    says(
      `HTTP/1.1 ${status} Go\r\nLocation: ${ELSEWHERE}\r\nRefresh: 0; url=${ELSEWHERE}\r\n` +
        'WWW-Authenticate: Basic realm="x"\r\nProxy-Authenticate: Negotiate\r\nUpgrade: h2c\r\n' +
        'Alt-Svc: h2="169.254.169.254:80"\r\nContent-Length: 0\r\n\r\n',
    ),
  ),
);

const TLS = [
  row('has a certificate that nobody has signed', 'could not connect', saysAndEnds(OK), { tls: true }),
  row('speaks no TLS on a TLS port', 'could not connect', (socket) => socket.write(OK), { https: true }),
  row(
    'sends an alert for a handshake',
    'could not connect',
    (socket) => socket.write('\x15\x03\x03\0\x02\x02\x28'),
    {
      https: true,
    },
  ),
  row('ends the handshake', 'could not connect', (socket) => socket.once('data', () => socket.end()), {
    https: true,
  }),
  row(
    'resets the handshake',
    'could not connect',
    (socket) => socket.once('data', () => socket.resetAndDestroy()),
    {
      https: true,
    },
  ),
];

/** Every receiver, each with the way an attempt must end. */
export const HOSTILE_RECEIVERS: readonly HostileReceiver[] = [
  ...SLOW,
  ...ENDLESS,
  ...INTERIM,
  ...BROKEN_OFF,
  ...GARBAGE,
  ...LURES,
  ...TLS,
];
