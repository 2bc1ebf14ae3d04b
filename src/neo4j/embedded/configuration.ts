import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { BootError } from '../../common/boot-error.js';
import type { Layout } from './layout.js';

const run = promisify(execFile);

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

export async function writeConfiguration({ conf, confFile }: Layout, port: number): Promise<void> {
  await mkdir(conf, { recursive: true });
  const settings = [
    'server.default_listen_address=127.0.0.1',
    `server.bolt.listen_address=127.0.0.1:${port}`,
    'server.http.enabled=false',
    'server.https.enabled=false',
    'server.memory.pagecache.size=256m',
    'dbms.usage_report.enabled=false',
    // The log of transactions serves recovery only: without a limit it would grow with every delivery.
    'db.tx_log.rotation.retention_policy=256M size',
    'db.tx_log.rotation.size=64M',
    // The databases are closed by then; two quiet periods of 5 s would only make every stop last 10 s.
    'internal.dbms.bolt.netty_server_shutdown_quiet_period=0',
  ];
  await writeFile(confFile, `${settings.join('\n')}\n`);
}

/** Hexadecimal: in base64url one in 64 would begin with a hyphen, which the admin command takes for an option. */
export function generatePassword(): string {
  return randomBytes(24).toString('hex');
}

/** The generated password of the user `neo4j`, set in the server's files when it is first needed. */
export async function ensurePassword(layout: Layout, java: string, classpath: string): Promise<string> {
  try {
    await access(layout.password);
  } catch {
    const password = generatePassword();
    await setInitialPassword(layout, java, classpath, password);
    await writeFile(layout.password, password, { mode: 0o600 });
  }
  return readFile(layout.password, 'utf8');
}

async function setInitialPassword(
  { home, conf }: Layout,
  java: string,
  classpath: string,
  password: string,
): Promise<void> {
  const main = 'org.neo4j.server.startup.Neo4jAdminCommand';
  const env = { ...process.env, NEO4J_HOME: home, NEO4J_CONF: conf };
  try {
    await run(java, ['-cp', classpath, main, 'dbms', 'set-initial-password', password], { env });
  } catch (error) {
    // Not the error itself: it holds the command line, and with it the password.
    const { stderr = '' } = error as { stderr?: string };
    throw new BootError(
      `The password of the embedded Neo4j could not be set: ${stderr.trim().split('\n')[0]}`,
    );
  }
}
