import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Each command leads a group of processes, where there are groups: a signal reaches the workers of Jest as well. */
const GROUPS = process.platform !== 'win32';

/** The commands that run now; they are ended with the runner. */
const running = new Set();

/** Sends a signal to all that runs, and to what that has started. */
export function signalAll(signal) {
  for (const child of running) {
    try {
      if (GROUPS) process.kill(-child.pid, signal);
      else child.kill(signal);
    } catch {
      // It has just ended.
    }
  }
}

function start(command, args, options) {
  const child = spawn(command, args, { cwd: ROOT, detached: GROUPS, ...options });
  const done = new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
  if (child.pid !== undefined) running.add(child);
  return { child, done: done.finally(() => running.delete(child)) };
}

/** Runs a command with its output on ours, in the project's root if not elsewhere; resolves to its exit status. */
export function run(command, args, env = {}, cwd = ROOT) {
  return start(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } }).done;
}

/** The same for one that runs beside others: its output comes in the end, in one piece. */
export async function runAside(command, args) {
  const { child, done } = start(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  return { status: await done, output };
}
