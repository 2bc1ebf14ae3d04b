import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Neo4jConnection } from '../../src/config/service-options.js';
import { freePort } from './free-port.js';
import { until } from './until.js';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const GUARD = join(import.meta.dirname, 'end-with-parent.mjs');
/** A Neo4j of its own takes a minute on a busy machine. */
const READY_MS = 240_000;
const OUTPUT_KEPT = 20_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

export interface ProcessSettings {
  /** Of which build. @default that of this checkout */
  readonly main?: string;
  /** Options of Node.js. @default none */
  readonly options?: readonly string[];
  /** Characters of its output that are kept, the last ones. @default 20,000 */
  readonly kept?: number;
}

/** The built service as a process of its own on 127.0.0.1, so that it can be killed, frozen and started again. */
export class ServiceProcess {
  /** The end of what was printed, over all starts. */
  output = '';
  /** How often it was killed. */
  kills = 0;
  private child: ChildProcess | undefined;

  private constructor(
    private readonly connection: Neo4jConnection,
    readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
    private readonly settings: ProcessSettings,
  ) {}

  /** Resolves when it is ready. */
  static async start(
    connection: Neo4jConnection,
    env: Readonly<Record<string, string>> = {},
    settings: ProcessSettings = {},
  ): Promise<ServiceProcess> {
    const service = new ServiceProcess(connection, await freePort(), env, settings);
    await service.start();
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get runs(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Starts it again, on the same port; resolves when it is ready. */
  async start(): Promise<void> {
    const { uri, user, password } = this.connection;
    const { main = MAIN, options = [], kept = OUTPUT_KEPT } = this.settings;
    this.child = spawn(process.execPath, [...options, '--import', GUARD, main], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        PORT: String(this.port),
        NEO4J_URI: uri,
        NEO4J_USER: user,
        NEO4J_PASSWORD: password,
        SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
        ALLOWED_NETWORKS: '127.0.0.0/8',
        MAX_REQUESTS_PER_SECOND: '0',
        RETRY_JITTER: '0',
        ...this.env,
      },
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (text) => (this.output = (this.output + String(text)).slice(-kept)));
    await until(
      async () => (await this.isReady()) || this.failIfEnded(),
      'the service to be ready',
      READY_MS,
    );
  }

  /** Whether it says that it is ready. */
  async isReady(): Promise<boolean> {
    return (await this.call('GET', '/health/ready').catch(() => undefined))?.status === 200;
  }

  /** One request; rejects when there is no answer. */
  async call(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
    timeoutMs = 60_000,
  ): Promise<Answer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  /** A request to the API that must succeed; answers the body. */
  async api(method: string, path: string, body?: object): Promise<any> {
    const answer = await this.call(method, `/api/v1${path}`, body);
    if (answer.status >= 400) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  signal(name: NodeJS.Signals): void {
    if (this.runs) this.child?.kill(name);
  }

  /** Sends a signal and waits for the end; answers the exit status, null when the signal itself ended it. */
  async end(name: NodeJS.Signals): Promise<number | null> {
    if (!this.runs || !this.child) return this.child?.exitCode ?? null;
    const gone = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill(name);
    const [status] = await gone;
    if (name === 'SIGKILL') this.kills += 1;
    return status;
  }

  private failIfEnded(): never | false {
    if (this.runs) return false;
    throw new Error(`The service ended while it started:\n${this.output}`);
  }
}
