import { hostname } from 'node:os';
import type { InstanceRecord } from './instance.repository.js';

/**
 * Whether an instance ran on this host in a process that no longer exists. A process id that is our own
 * belongs to a predecessor (a container restarts with the same id each time).
 */
export function processGone({ host, pid }: InstanceRecord): boolean {
  if (host !== hostname()) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
