import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from './until.js';

const END = '__end_of_block__';

/** A shell in which blocks of commands are typed one after the other; everything it starts ends with `close()`. */
export class Terminal {
  /** All that was printed, standard error included. */
  output = '';

  private constructor(private readonly shell: ChildProcess) {
    for (const stream of [shell.stdout, shell.stderr])
      stream?.on('data', (text) => (this.output += String(text)));
  }

  static open(cwd: string, env: Record<string, string> = {}): Terminal {
    // A process group of its own, so that close() ends what the shell has started as well.
    const shell = spawn('bash', [], { cwd, env: { ...process.env, ...env }, detached: true });
    return new Terminal(shell);
  }

  /** Types a block that goes on running. */
  start(block: string): void {
    this.shell.stdin?.write(`${block}\n`);
  }

  /** Types a block, waits until it is done and returns what it printed; fails when a command of it did. */
  async run(block: string, timeoutMs = 30_000): Promise<string> {
    const from = this.output.length;
    this.start(`set -eo pipefail\n${block}\necho; echo ${END}`);
    const printed = (): string => this.output.slice(from);
    await until(() => printed().includes(END) || this.hasEnded(), 'the end of the block', timeoutMs);
    if (this.hasEnded()) throw new Error(`The block failed:\n${block}\n${printed()}`);
    return printed().replace(END, '').trim();
  }

  async waitFor(text: string | RegExp, timeoutMs: number): Promise<void> {
    const found = (): boolean =>
      typeof text === 'string' ? this.output.includes(text) : text.test(this.output);
    await until(() => found() || this.hasEnded(), `${String(text)} in\n${this.output}`, timeoutMs);
    if (!found()) throw new Error(`The shell ended without ${String(text)}:\n${this.output}`);
  }

  async close(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.hasEnded() || this.shell.pid === undefined) return;
    const closed = once(this.shell, 'close');
    process.kill(-this.shell.pid, signal);
    await closed;
  }

  private hasEnded(): boolean {
    return this.shell.exitCode !== null || this.shell.signalCode !== null;
  }
}
