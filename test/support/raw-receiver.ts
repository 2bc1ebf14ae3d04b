import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** What to do when a whole request has arrived on a connection; `number` counts the requests of all connections from 0. */
export type RawAnswer = (socket: Socket, number: number) => void;

/** A TCP server on 127.0.0.1 that records the bytes of requests and answers with whatever a test wants, HTTP or not. */
export class RawReceiver {
  /** The exact bytes of each request, as latin1 text. */
  readonly requests: string[] = [];
  readonly sockets: Socket[] = [];

  private constructor(
    private readonly server: Server,
    private readonly answer: RawAnswer,
    connection: 'connection' | 'secureConnection' = 'connection',
  ) {
    server.on(connection, (socket: Socket) => this.accept(socket));
  }

  static start(answer: RawAnswer): Promise<RawReceiver> {
    return RawReceiver.listen(new RawReceiver(createServer(), answer));
  }

  /** One that speaks TLS, with a certificate for localhost and 127.0.0.1 that nobody has signed. */
  static startTls(answer: RawAnswer): Promise<RawReceiver> {
    const pem = readFileSync('test/support/tls/self-signed.pem');
    const server = createTlsServer({ key: pem, cert: pem });
    return RawReceiver.listen(new RawReceiver(server, answer, 'secureConnection'));
  }

  private static async listen(receiver: RawReceiver): Promise<RawReceiver> {
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path = '/hook'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private accept(socket: Socket): void {
    this.sockets.push(socket);
    let received = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (!isWhole(received)) return;
      this.requests.push(received);
      received = '';
      this.answer(socket, this.requests.length - 1);
    });
  }
}

function isWhole(request: string): boolean {
  const [head = '', ...body] = request.split('\r\n\r\n');
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  return length !== undefined && body.join('\r\n\r\n').length >= Number(length);
}
