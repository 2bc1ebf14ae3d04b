import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';

/** What a name leads to: addresses, a response code (RFC 1035: 2 = failure, 3 = unknown), or silence. */
export type NameAnswer = readonly string[] | number | 'silence';

const [A, AAAA] = [1, 28];

function nameIn(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function bytesOf(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string): number[] =>
    text
      .split(':')
      .filter(Boolean)
      .map((group) => parseInt(group, 16));
  const [first, last] = [groups(head), groups(tail)];
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}

/** A name server on 127.0.0.1 (UDP) that knows what a test tells it, and remembers what it was asked. */
export class NameServer {
  /** Names in the order in which they were asked for, once for each family. */
  readonly asked: string[] = [];
  ttl = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly answers: Readonly<Record<string, NameAnswer>>,
  ) {
    socket.on('message', (query, from) => this.reply(query, from));
  }

  /** @param answers by name; what is not listed is unknown */
  static async start(answers: Readonly<Record<string, NameAnswer>>): Promise<NameServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new NameServer(socket, answers);
  }

  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  private reply(query: Buffer, { port, address }: RemoteInfo): void {
    const { name, end } = nameIn(query);
    this.asked.push(name);
    const answer = this.answers[name] ?? 3;
    if (answer === 'silence') return;
    const type = query.readUInt16BE(end);
    const records = Array.isArray(answer)
      ? answer
          .filter((text: string) => type === (isIPv4(text) ? A : AAAA))
          .map((text: string) => this.record(type, text))
      : [];
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180 | (typeof answer === 'number' ? answer : 0), 2);
    head.writeUInt16BE(records.length, 6);
    head.writeUInt32BE(0, 8);
    this.socket.send(Buffer.concat([head, query.subarray(12, end + 4), ...records]), port, address);
  }

  private record(type: number, address: string): Buffer {
    const data = bytesOf(address);
    const head = Buffer.alloc(12);
    head.writeUInt16BE(0xc00c, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt32BE(this.ttl, 6);
    head.writeUInt16BE(data.length, 10);
    return Buffer.concat([head, data]);
  }
}
