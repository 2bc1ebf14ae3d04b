import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A TCP proxy on the loopback that can forget its connections as a network does: open at both ends, and dead. */
export class StallingProxy {
  private readonly sockets = new Set<Socket>();
  private readonly pairs = new Set<readonly [near: Socket, far: Socket]>();

  private opened = 0;
  /** Which connections wait for their first answer, and for what. */
  private held = { from: Infinity, until: Promise.resolve() };

  private constructor(private readonly server: Server) {}

  static async to(port: number): Promise<StallingProxy> {
    const server = createServer();
    const proxy = new StallingProxy(server);
    server.on('connection', (near) => {
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) {
        proxy.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => proxy.sockets.delete(socket));
      }
      const pair = [near, far] as const;
      proxy.pairs.add(pair);
      near.on('close', () => {
        proxy.pairs.delete(pair);
        far.destroy();
      });
      // Where nobody listens, whoever asked is told so.
      far.on('close', () => near.destroy());
      proxy.opened += 1;
      const { from, until } = proxy.held;
      near.pipe(far);
      if (proxy.opened < from) far.pipe(near);
      else void until.then(() => far.pipe(near));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections with this number and later ones, the first is 1, are answered when `until` is over. */
  holdFrom(from: number, until: Promise<void>): void {
    this.held = { from, until };
  }

  /** From now on nothing passes through the connections there are, and nobody is told. New ones work. */
  stall(): void {
    for (const socket of this.sockets) {
      socket.unpipe();
      socket.removeAllListeners('data');
      socket.pause();
    }
  }

  /**
   * What is sent on the connections there are arrives, and no answer comes back: for so long, then they are cut. What
   * was written meanwhile is committed, and whoever wrote it does not know.
   */
  async loseAnswers(ms: number): Promise<void> {
    const pairs = [...this.pairs];
    for (const [near, far] of pairs) {
      far.unpipe(near);
      far.on('data', () => undefined);
    }
    await pause(ms);
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  }

  /** Ends the connections there are. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }
}
