import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startScript } from './child.js';
import { assertLoopback, Client } from './client.js';
import type { Neo4j } from './neo4j.js';
import { PROFILE } from './sizes.js';
import { until } from './waiting.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const PACKAGE = new URL('../../package.json', import.meta.url);
const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));
const BOOT_MS = 120_000;

/** What every service of a benchmark is told: the loopback may be called, no throttle. All else is the default. */
const SETTINGS = {
  HOST: '127.0.0.1',
  SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
  ALLOWED_NETWORKS: '127.0.0.0/8',
  MAX_REQUESTS_PER_SECOND: '0',
  LOG_LEVEL: 'warn',
};

/** A service process under measurement. */
export interface Service {
  readonly pid: number;
  readonly api: Client;
  /** From the start of the process to the first 200 of `/health/ready`. */
  readonly readyMs: number;
  /** SIGKILL. */
  readonly kill: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The settings for a Neo4j that runs already. */
export function settingsFor({ connection }: Pick<Neo4j, 'connection'>): Record<string, string> {
  assertLoopback(connection.uri);
  return {
    ...SETTINGS,
    NEO4J_URI: connection.uri,
    NEO4J_USER: connection.user,
    NEO4J_PASSWORD: connection.password,
  };
}

/** Options of Node.js for a process that is measured: those of `npm start`, and a profile if asked for. */
export function nodeOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { scripts: { start: string } };
  const usual = scripts.start.split(' ').filter((word) => word.startsWith('--'));
  return PROFILE ? [...usual, '--cpu-prof', `--cpu-prof-dir=${RESULTS}`] : usual;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isReady(api: Client): Promise<boolean> {
  return api.get('/health/ready').then(
    () => true,
    () => false,
  );
}

/** Starts the built service on a port of its own and waits until it is ready. */
export async function launch(env: Readonly<Record<string, string>>): Promise<Service> {
  const port = await freePort();
  const started = performance.now();
  const child = startScript(MAIN, {
    env: { ...SETTINGS, ...env, PORT: String(port) },
    nodeOptions: nodeOptions(),
  });
  child.process.stdout?.pipe(process.stderr);
  const api = new Client(`http://127.0.0.1:${port}`);
  await until('the service is ready', BOOT_MS, () => isReady(api));
  const readyMs = performance.now() - started;
  const stop = async (): Promise<void> => {
    await api.close();
    await child.stop();
  };
  return { pid: child.pid, api, readyMs, kill: child.kill, stop };
}

/** A service on a Neo4j that runs already. */
export async function startService(
  neo4j: Neo4j,
  env: Readonly<Record<string, string>> = {},
): Promise<Service> {
  return launch({ ...settingsFor(neo4j), ...env });
}
