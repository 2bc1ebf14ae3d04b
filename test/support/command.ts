import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from './until.js';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'basset-webhooks');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built command line in processes of its own, without a terminal, with nothing of this environment. */
export class CommandLine {
  private readonly running: Running[] = [];

  constructor(private readonly env: Readonly<Record<string, string>>) {}

  /** Runs a command to its end. */
  async run(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const running = this.start(args, env);
    running.child.stdin!.on('error', () => undefined).end(input);
    return running.ended();
  }

  /** Runs a command that must succeed; answers what it printed. */
  async succeed(args: readonly string[], input = ''): Promise<string> {
    const { status, stdout, stderr } = await this.run(args, input);
    if (status !== 0) throw new Error(`basset-webhooks ${args.join(' ')}: ${status}\n${stdout}${stderr}`);
    return stdout.trimEnd();
  }

  async json(args: readonly string[], input = ''): Promise<any> {
    return JSON.parse(await this.succeed([...args, '--json'], input));
  }

  /** Starts one that goes on. @param stdin `ignore` = it is at its end already */
  start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    stdin: 'pipe' | 'ignore' = 'pipe',
  ): Running {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { PATH: process.env['PATH'], ...this.env, ...env },
      stdio: [stdin, 'pipe', 'pipe'],
    });
    const running = new Running(child);
    this.running.push(running);
    return running;
  }

  async close(): Promise<void> {
    for (const running of this.running) await running.end('SIGKILL');
  }
}

export class Running {
  stdout = '';
  stderr = '';
  private readonly closed: Promise<unknown>;

  constructor(readonly child: ChildProcess) {
    child.stdout!.on('data', (text) => (this.stdout += String(text)));
    child.stderr!.on('data', (text) => (this.stderr += String(text)));
    this.closed = once(child, 'close');
  }

  async ended(): Promise<Ended> {
    await this.closed;
    return { status: this.child.exitCode, stdout: this.stdout, stderr: this.stderr };
  }

  end(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended();
  }

  /** Waits until something was printed, on either stream. */
  async waitFor(pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
    const found = (): RegExpExecArray | null => pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
    await until(() => found() !== null || this.child.exitCode !== null, String(pattern), timeoutMs);
    const match = found();
    if (!match) throw new Error(`It ended without ${String(pattern)}:\n${this.stdout}${this.stderr}`);
    return match;
  }
}
