import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { BootError } from '../../common/boot-error.js';
import { makeDirectory } from '../../common/make-directory.js';
import type { Layout } from './layout.js';
import { endWithUs } from './processes.js';

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
  { home, conf, password: file }: Layout,
  java: string,
  classpath: string,
  password: string,
): Promise<void> {
  const main = 'org.neo4j.server.startup.Neo4jAdminCommand';
  const env = { ...process.env, NEO4J_HOME: home, NEO4J_CONF: conf };
  // In a file that only its user reads: what is on a command line is read by everybody on the machine.
  const words = `${file}.arguments`;
  try {
    await writeFile(words, ['dbms', 'set-initial-password', password].join('\n'), { mode: 0o600 });
    const setting = run(java, ['-cp', classpath, main, `@${words}`], { env });
    const release = endWithUs(setting.child.pid);
    await setting.finally(release);
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new BootError(
      `The password of the embedded Neo4j could not be set: ${stderr.trim().split('\n')[0]}`,
    );
  } finally {
    await rm(words, { force: true });
  }
}
