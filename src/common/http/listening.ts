import { once } from 'node:events';
import { createServer } from 'node:net';
import { codeOf } from '../caught.js';
import { BootError } from '../boot-error.js';

/** Why the address cannot be listened on, and what to do, by the code of the error. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use: stop what listens there, or set PORT to another one',
  EACCES: 'is not open to this user: set PORT to 1024 or above',
  EADDRNOTAVAIL: 'is not on this machine: set HOST to one of its addresses',
  ENOTFOUND: 'has an unknown host: set HOST to an address of this machine',
};

/** What to tell of a port that cannot be listened on; an error with another cause is left as it is. */
export function whyNotListening(error: unknown, host: string, port: number): unknown {
  const reason = REASONS[codeOf(error) ?? ''];
  return reason === undefined ? error : new BootError(`Port ${port} on ${host} ${reason}.`);
}

/**
 * Tries the address before the rest is started: a Neo4j takes half a minute, only to be stopped again.
 * @throws BootError with one sentence that says what to do
 */
export async function expectToListen(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw whyNotListening(error, host, port);
  } finally {
    server.close();
  }
}
