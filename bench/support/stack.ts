import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EmbeddedNeo4j } from '../../src/neo4j/embedded/embedded-neo4j.js';
import { firstLine, pidOf, startScript, stopChild } from './child.js';
import { Client, until } from './load.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const RECEIVER = fileURLToPath(new URL('receiver-process.ts', import.meta.url));
const SECRETS_KEY = Buffer.alloc(32, 7).toString('base64');

export type RunningNeo4j = Awaited<ReturnType<typeof EmbeddedNeo4j.start>>;

/** A service process under measurement. */
export interface Service {
  readonly pid: number;
  readonly api: Client;
  readonly base: string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A receiver process under measurement. */
export interface BenchReceiver {
  readonly pid: number;
  readonly base: string;
  readonly control: Client;
  received(): Promise<number>;
  stop(): Promise<void>;
}

export async function startNeo4j(): Promise<RunningNeo4j & { readonly dataDir: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'basset-bench-'));
  const neo4j = await EmbeddedNeo4j.start({ dataDir });
  const stop = async (): Promise<void> => {
    await neo4j.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { connection: neo4j.connection, pid: neo4j.pid, dataDir, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function startService(
  { connection }: Pick<RunningNeo4j, 'connection'>,
  settings: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const port = await freePort();
  const child = startScript(MAIN, {
    PORT: String(port),
    NEO4J_URI: connection.uri,
    NEO4J_USER: connection.user,
    NEO4J_PASSWORD: connection.password,
    SECRETS_KEY,
    ALLOWED_NETWORKS: '127.0.0.0/8',
    MAX_REQUESTS_PER_SECOND: '0',
    LOG_LEVEL: 'warn',
    ...settings,
  });
  child.stdout?.pipe(process.stderr);
  const base = `http://127.0.0.1:${port}`;
  const api = new Client(base);
  await until('the service is ready', 60_000, () =>
    api.send('GET', '/health/ready').then(
      () => true,
      () => false,
    ),
  );
  const kill = async (): Promise<void> => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  const stop = async (): Promise<void> => {
    await api.close();
    await stopChild(child);
  };
  return { pid: pidOf(child), api, base, kill, stop };
}

export async function startReceiver(): Promise<BenchReceiver> {
  const child = startScript(RECEIVER);
  const { port } = await firstLine<{ port: number }>(child);
  const base = `http://127.0.0.1:${port}`;
  const control = new Client(base, 2);
  const received = async (): Promise<number> =>
    ((await control.send('GET', '/count')) as { received: number }).received;
  const stop = async (): Promise<void> => {
    await control.close();
    await stopChild(child);
  };
  return { pid: pidOf(child), base, control, received, stop };
}

/** Creates a webhook for `entity.created` and answers its id. */
export async function createWebhook(api: Client, url: string, more: object = {}): Promise<string> {
  const body = JSON.stringify({
    name: 'bench',
    url,
    events: ['entity.created'],
    secret: 'bench-secret',
    ...more,
  });
  return ((await api.send('POST', '/api/v1/webhooks', body)) as { id: string }).id;
}

/** An event whose `data` makes the wire body about 400 bytes long. */
export function eventJson(index: number, more: object = {}): string {
  const data = { entity_id: `entity-${index}`, type: 'person', note: 'x'.repeat(250) };
  return JSON.stringify({ event: 'entity.created', data, ...more });
}
