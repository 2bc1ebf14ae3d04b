import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { HostileReceiver } from './receivers.js';

/** A listening `HostileReceiver` that counts what it could get rid of. */
export class Trap {
  readonly sockets: Socket[] = [];

  private constructor(private readonly server: Server) {}

  static async set({ behave, tls }: HostileReceiver): Promise<Trap> {
    const pem = tls && readFileSync('test/support/tls/self-signed.pem');
    const server = pem ? createTlsServer({ key: pem, cert: pem }) : createServer();
    const trap = new Trap(server);
    server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
      trap.sockets.push(socket);
      socket.on('error', () => socket.destroy());
      behave(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return trap;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Bytes that it wrote, as far as the other side or the system's buffers took them. */
  get written(): number {
    return this.sockets.reduce((sum, socket) => sum + socket.bytesWritten, 0);
  }

  /** Whether the other side has ended all connections. A socket has to be read to notice. */
  isCut(): boolean {
    for (const socket of this.sockets) socket.resume();
    return this.sockets.every((socket) => socket.destroyed || socket.readableEnded);
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
