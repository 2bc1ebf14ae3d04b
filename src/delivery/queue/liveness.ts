import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { codeOf } from '../../common/caught.js';
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
    return codeOf(error) === 'ESRCH';
  }
}

/** How long a heartbeat may stand still, in ms of the observer's monotonic clock. */
export interface LivenessLimits {
  /** An instance elsewhere. */
  readonly remoteMs: number;
  /** An instance beside this one whose process is gone. */
  readonly goneMs: number;
  /** Between two readings; after a longer one nothing that was seen before counts. */
  readonly gapMs: number;
}

interface Sighting {
  readonly beat: number;
  readonly since: number;
}

/**
 * Tells which other instances have stopped. Only what this process saw itself counts, by its own monotonic
 * clock: no clocks are compared, and a time without answers from the graph accuses nobody, whether they failed (`reset`)
 * or only came late: what held up this process or the graph held up the heartbeats of others as well.
 */
export class Liveness {
  private readonly sightings = new Map<string, Sighting>();
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly limits: LivenessLimits,
    /** Whether an instance beside this one has lost its process. */
    private readonly isGone: (instance: InstanceRecord) => boolean,
  ) {}

  /** Takes in one reading of all other instances; answers those whose heartbeat stood still for too long. */
  observe(others: readonly InstanceRecord[], nowMs: number): InstanceRecord[] {
    if (nowMs - this.readAt > this.limits.gapMs) this.reset();
    this.readAt = nowMs;
    const ids = new Set(others.map((other) => other.id));
    for (const id of this.sightings.keys()) if (!ids.has(id)) this.sightings.delete(id);
    return others.filter((other) => this.stoodStill(other, nowMs));
  }

  /** Forgets what was seen: the graph did not answer, so a standing heartbeat proves nothing. */
  reset(): void {
    this.sightings.clear();
  }

  private stoodStill(other: InstanceRecord, nowMs: number): boolean {
    const seen = this.sightings.get(other.id);
    if (seen?.beat !== other.beat) {
      this.sightings.set(other.id, { beat: other.beat, since: nowMs });
      return false;
    }
    const limit = this.isGone(other) ? this.limits.goneMs : this.limits.remoteMs;
    return nowMs - seen.since >= limit;
  }
}
