import { createHash, randomBytes } from 'node:crypto';
import { access, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { makeDirectory } from '../../common/make-directory.js';
import type { Layout } from './layout.js';

/** A port that is free now: the one of the last time if possible. */
export async function choosePort(preferred: number | undefined): Promise<number> {
  for (const port of preferred === undefined ? [0] : [preferred, 0]) {
    const server = createServer();
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    } catch {
      continue;
    } finally {
      server.close();
    }
  }
  throw new Error('No free port on 127.0.0.1');
}

/** Memory of the server, as Java writes it: `512m`. */
export interface Memory {
  readonly heap: string;
  readonly pagecache: string;
}

export async function writeConfiguration(
  { conf, confFile }: Layout,
  port: number,
  { pagecache }: Memory,
): Promise<void> {
  makeDirectory(conf);
  const settings = [
    'server.default_listen_address=127.0.0.1',
    `server.bolt.listen_address=127.0.0.1:${port}`,
    'server.http.enabled=false',
    'server.https.enabled=false',
    `server.memory.pagecache.size=${pagecache}`,
    'dbms.usage_report.enabled=false',
    // The log of transactions serves recovery only: without a limit it would grow with every delivery.
    'db.tx_log.rotation.retention_policy=256M size',
    'db.tx_log.rotation.size=64M',
    // The databases are closed by then; two quiet periods of 5 s would only make every stop last 10 s.
    'internal.dbms.bolt.netty_server_shutdown_quiet_period=0',
  ];
  await writeFile(confFile, `${settings.join('\n')}\n`);
}

export function generatePassword(): string {
  return randomBytes(24).toString('hex');
}

/** The generated password of the user `neo4j`, set in the server's files when it is first needed. */
export async function ensurePassword({ dbms, initialUser, password: file }: Layout): Promise<string> {
  try {
    await access(file);
  } catch {
    const password = generatePassword();
    makeDirectory(dbms);
    await writeFile(initialUser, initialUserOf(password), { mode: 0o600 });
    await writeFile(file, password, { mode: 0o600 });
  }
  return readFile(file, 'utf8');
}

const ROUNDS = 1024;

/**
 * What `neo4j-admin dbms set-initial-password` of Neo4j 5 writes, without the 2.5 s that it takes: a name, and a hash of
 * salt and password, hashed again. The server reads it at its first start.
 */
export function initialUserOf(password: string, salt = randomBytes(32)): string {
  let hash = createHash('sha256').update(salt).update(password).digest();
  for (let round = 1; round < ROUNDS; round += 1) hash = createHash('sha256').update(hash).digest();
  return `neo4j:SHA-256,${hash.toString('hex')},${salt.toString('hex')},${ROUNDS}:\n`;
}
