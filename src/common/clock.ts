import { uptime } from 'node:os';
import { SlewedClock } from './slewed-clock.js';

/** Time, injected so that tests never sleep. */
export abstract class Clock {
  /** Wall clock, ms since the epoch: for what is written down. */
  abstract now(): number;
  /** Monotonic clock, ms: for waiting and measuring; never jumps. */
  abstract monotonic(): number;

  /** Wall clock without its jumps, ms since the epoch: for when something is due. */
  steady(): number {
    return this.now();
  }
}

export class SystemClock extends Clock {
  private readonly steadyTime = new SlewedClock(
    () => this.now(),
    () => this.monotonic(),
    () => uptime() * 1000,
  );

  now(): number {
    return Date.now();
  }

  override steady(): number {
    return this.steadyTime.now();
  }

  monotonic(): number {
    return performance.now();
  }
}

/** What was last asked for, even and odd milliseconds apart, and the texts: many calls a second ask for the same ones. */
const lastMs = [Number.NaN, Number.NaN];
const lastText = ['', ''];

/** RFC 3339 UTC with milliseconds: fixed width, so text order is time order. */
export function toTimestamp(epochMs: number): string {
  const ms = Math.trunc(epochMs);
  const slot = Math.abs(ms % 2);
  if (lastMs[slot] !== ms) {
    lastText[slot] = new Date(ms).toISOString();
    lastMs[slot] = ms;
  }
  return lastText[slot] ?? '';
}
