import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Neo4jConnection } from '../src/config/service-options.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The stand-alone service as a process of its own, spoken to over REST. */
export class DemoService {
  private constructor(
    private readonly child: ChildProcess,
    readonly origin: string,
  ) {}

  static async start(neo4j: Neo4jConnection, secretsKey: string): Promise<DemoService> {
    const port = await freePort();
    const env = {
      ...process.env,
      PORT: String(port),
      NEO4J_URI: neo4j.uri,
      NEO4J_USER: neo4j.user,
      NEO4J_PASSWORD: neo4j.password,
      SECRETS_KEY: secretsKey,
      ALLOWED_NETWORKS: '127.0.0.0/8',
      LOG_LEVEL: 'error',
    };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const service = new DemoService(child, `http://127.0.0.1:${String(port)}`);
    await service.untilReady();
    return service;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    const answer = await fetch(`${this.origin}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`POST ${path}: ${String(answer.status)} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.origin}/api/v1${path}`);
    if (!answer.ok) throw new Error(`GET ${path}: ${String(answer.status)} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }

  private async untilReady(): Promise<void> {
    for (let tries = 0; tries < 300; tries += 1) {
      if (this.child.exitCode !== null) throw new Error('The service did not start');
      const isReady = await fetch(`${this.origin}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return;
      await wait(200);
    }
    throw new Error('The service was not ready in time');
  }
}
