import { readFileSync } from 'node:fs';

/** Clock ticks a second in /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const TICKS = 100;

export interface Usage {
  /** User and system time, s. */
  readonly cpuSeconds: number;
  /** Resident memory. */
  readonly rssMiB: number;
  /** The most that was resident since the process began. */
  readonly peakMiB: number;
}

function mebibytes(status: string, field: string): number {
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
}

/** CPU time and resident memory of a process, from /proc (Linux). */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
    rssMiB: mebibytes(status, 'VmRSS'),
    peakMiB: mebibytes(status, 'VmHWM'),
  };
}

/** CPU seconds that each named process used since the meter was started. */
export class CpuMeter {
  private readonly before: ReadonlyMap<string, number>;

  constructor(private readonly pids: Readonly<Record<string, number>>) {
    this.before = new Map(Object.entries(pids).map(([name, pid]) => [name, usageOf(pid).cpuSeconds]));
  }

  read(): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.pids).map(([name, pid]) => [
        name,
        usageOf(pid).cpuSeconds - (this.before.get(name) ?? 0),
      ]),
    );
  }
}

/** Resident memory of a process, sampled four times a second until it is stopped. */
export class MemorySampler {
  private readonly samples: number[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.timer = setInterval(() => this.samples.push(usageOf(pid).rssMiB), 250);
  }

  /** Ends the sampling; answers what was seen, in order, MiB. */
  stop(): readonly number[] {
    clearInterval(this.timer);
    return this.samples;
  }
}
