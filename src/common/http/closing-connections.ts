import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Whoever still waits for an answer this long after the stop began is cut off, ms: more than the engine needs. */
const LONGEST_STOP_MS = 45_000;

/** So long a connection may be silent while the service stops, ms: its first request may be on the way. */
const LONGEST_SILENCE_MS = 1000;

/** The connections on which no request has come yet, as browsers open them in advance: Node takes them for busy ones. */
function watchSilent(server: Server): Set<Socket> {
  const silent = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  server.prependListener('request', ({ socket }: IncomingMessage) => silent.delete(socket));
  return silent;
}

/**
 * To be called before the server listens; the function that it answers is for the beginning of a stop. From then on
 * every answer is the last on its connection. `server.close()` waits until all connections are gone, and one that a busy
 * client keeps alive never is, nor one that says nothing: the service would go on instead of stopping.
 */
export function prepareClosing(server: Server): () => void {
  const silent = watchSilent(server);
  const endIfSilent = (socket: Socket): void => {
    setTimeout(() => silent.has(socket) && socket.destroy(), LONGEST_SILENCE_MS).unref();
  };
  return () => {
    server.prependListener('request', (_: IncomingMessage, response: ServerResponse) => {
      response.shouldKeepAlive = false;
    });
    // For what is being answered already: afterwards its connection is not waited for.
    server.keepAliveTimeout = 1;
    for (const socket of silent) endIfSilent(socket);
    server.on('connection', endIfSilent);
    setTimeout(() => {
      server.closeAllConnections();
    }, LONGEST_STOP_MS).unref();
  };
}
