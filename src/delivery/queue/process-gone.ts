import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { newId } from '../../common/new-id.js';
import type { InstanceRecord } from './instance.neo4j.repository.js';

/**
 * Where process ids mean the same. On Linux that is a namespace of process ids under one run of the kernel: containers
 * may share a host name, and each has a process 1. Elsewhere it is the host.
 */
export function processSpace(
  platform: string = process.platform,
  readLink: (path: string) => string = (path) => readlinkSync(path),
  readText: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): string {
  if (platform !== 'linux') return hostname();
  try {
    return `${readText('/proc/sys/kernel/random/boot_id').trim()} ${readLink('/proc/self/ns/pid')}`;
  } catch {
    // Nobody can be told to share it, so nobody is taken for gone by the id of a process.
    return newId();
  }
}

/** Of this process. */
export const OWN_SPACE = processSpace();

/**
 * Whether an instance ran beside this one in a process that no longer exists. A process id that is our own belongs to
 * a predecessor.
 */
export function processGone({ space, pid }: Pick<InstanceRecord, 'space' | 'pid'>): boolean {
  if (space !== OWN_SPACE) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
