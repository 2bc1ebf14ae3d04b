import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from '../../common/caught.js';

/** Whether the process runs. One that has ended and only waits to be noticed by its parent (a zombie) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  return statFields(pid)[0] !== 'Z';
}

/** What Linux tells about a process after its name: state, parent … (proc(5), fields 3 and on); [] elsewhere. */
function statFields(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

/** The command line of a process; '' when there is none. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return psField(pid, 'args');
  }
}

/** Something that tells a process from a later one with the same id: when it was started. */
export function startMark(pid: number): string {
  return statFields(pid)[19] ?? psField(pid, 'lstart');
}

function psField(pid: number, field: string): string {
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', `${field}=`], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return '';
  }
}

/** SIGTERM, and SIGKILL when that has not helped after `graceMs`. Resolves when the process is gone. */
export async function endProcess(pid: number, graceMs = 30_000): Promise<void> {
  const deadline = performance.now() + graceMs;
  signal(pid, 'SIGTERM');
  while (isAlive(pid)) {
    if (performance.now() > deadline) signal(pid, 'SIGKILL');
    await pause(50);
  }
}

/** Sends a signal; a negative id means the process group. Does nothing when there is no such process. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/**
 * Sees to it that a process does not outlive this one, as long as that ends by `process.exit` and is not killed.
 * @returns ends the watch
 */
export function endWithUs(pid: number | undefined): () => void {
  const end = (): void => {
    if (pid !== undefined) signal(pid, 'SIGTERM');
  };
  process.on('exit', end);
  return () => {
    process.off('exit', end);
  };
}
