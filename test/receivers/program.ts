import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { until } from '../support/until.js';

const OUTPUT_KEPT = 1_000_000;
/** A server in Java takes its time on a busy machine. */
const READY_MS = 240_000;

/** A receiver that runs as a process of its own, and is ended by its own id. */
export class Program {
  output = '';

  private constructor(private readonly child: ChildProcess) {}

  /** Resolves when the address answers at all. */
  static async start(
    program: string,
    args: readonly string[],
    readyUrl: string,
    cwd?: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Program> {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', ...env },
      ...(cwd && { cwd }),
    });
    const started = new Program(child);
    const keep = (bytes: Buffer): void => {
      started.output = (started.output + bytes.toString()).slice(-OUTPUT_KEPT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    await until(() => started.answers(readyUrl), `${program} to answer`, READY_MS).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw new Error(`${String(error)}\n${started.output.slice(-4000)}`);
    });
    return started;
  }

  private answers = (url: string): Promise<boolean> => {
    if (this.child.exitCode !== null) throw new Error(`It ended with ${this.child.exitCode}`);
    return fetch(url).then(
      () => true,
      () => false,
    );
  };

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  }
}

/** The programs of a file of tests, and a directory for what they write; all of it is gone afterwards. */
export interface Programs {
  readonly directory: string;
  start: typeof Program.start;
}

/** To be called at the top of a file. */
export function setPrograms(): Programs {
  const started: Program[] = [];
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'receivers-'));
  });
  afterAll(async () => {
    for (const program of started) await program.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return {
    get directory() {
      return directory;
    },
    async start(...of) {
      const program = await Program.start(...of);
      started.push(program);
      return program;
    },
  };
}
