import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The commands that run now; they are ended with the runner. */
export const running = new Set();

/** Runs a command with its output on ours, in the project's root if not elsewhere; resolves to its exit status. */
export function run(command, args, env = {}, cwd = ROOT) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
    running.add(child);
    const done = (status) => {
      running.delete(child);
      resolve(status);
    };
    child.on('error', () => done(127));
    child.on('close', (code) => done(code ?? 1));
  });
}
