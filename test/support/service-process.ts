import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { testConnection } from './connection.js';
import { freePort } from './free-port.js';
import { until } from './until.js';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');

/** The built service as a process of its own, on the Neo4j of the test run; the loopback may be called. */
export class ServiceProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    const { uri, user, password } = testConnection();
    const port = await freePort();
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        PORT: String(port),
        NEO4J_URI: uri,
        NEO4J_USER: user,
        NEO4J_PASSWORD: password,
        SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
        ALLOWED_NETWORKS: '127.0.0.0/8',
        MAX_REQUESTS_PER_SECOND: '0',
        ...env,
      },
    });
    const service = new ServiceProcess(child, port);
    await until(async () => service.hasEnded || (await service.isReady()), 'the service to be ready', 60_000);
    if (service.hasEnded) throw new Error('The service ended before it was ready');
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  async isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** Stops it in good order, and by force when that takes too long. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const gone = once(this.child, 'exit');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 40_000);
    this.child.kill('SIGTERM');
    await gone;
    clearTimeout(timer);
  }
}
