/** Time, injected so that tests never sleep. */
export abstract class Clock {
  /** Wall clock, ms since the epoch: for what is written down. */
  abstract now(): number;
  /** Monotonic clock, ms: for waiting and measuring; never jumps. */
  abstract monotonic(): number;
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }
}

/** RFC 3339 UTC with milliseconds: fixed width, so text order is time order. */
export function toTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
