import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Whoever still waits for an answer this long after the stop began is cut off, ms: more than the engine needs. */
const LONGEST_STOP_MS = 45_000;

/**
 * From now on every answer is the last on its connection. `server.close()` waits until all connections are gone, and one
 * that a busy client keeps alive never is: the service would go on answering instead of stopping.
 */
export function closeConnections(server: Server): void {
  server.prependListener('request', (_: IncomingMessage, response: ServerResponse) => {
    response.shouldKeepAlive = false;
  });
  // For what is being answered already: afterwards its connection is not waited for.
  server.keepAliveTimeout = 1;
  setTimeout(() => {
    server.closeAllConnections();
  }, LONGEST_STOP_MS).unref();
}
