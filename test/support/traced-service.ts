import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { testConnection } from './connection.js';
import { freePort } from './free-port.js';
import { until } from './until.js';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');

/** The built service as a process of its own, on the Neo4j of the test run; keeps all that it writes. */
export class TracedService {
  /** All that it has written, standard error included. */
  output = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text) => (this.output += String(text)));
  }

  /** @param options of Node.js */
  static async start(env: Readonly<Record<string, string>>, options: string[] = []): Promise<TracedService> {
    const { uri, user, password } = testConnection();
    const port = await freePort();
    const own = { PORT: String(port), NEO4J_URI: uri, NEO4J_USER: user, NEO4J_PASSWORD: password };
    const child = spawn(process.execPath, [...options, MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', ...own, ...env },
    });
    const service = new TracedService(child, `http://127.0.0.1:${port}`);
    await until(() => service.isReady(), 'the service to be ready', 60_000);
    return service;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async stop(): Promise<void> {
    if (this.hasEnded()) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await closed;
  }

  private async isReady(): Promise<boolean> {
    if (this.hasEnded()) throw new Error(`The service has ended:\n${this.output}`);
    return fetch(`${this.url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  private hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
