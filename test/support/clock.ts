import { Clock, SystemClock } from '../../src/common/clock.js';

/** A clock that moves only when told to. */
export class ManualClock extends Clock {
  private elapsed = 0;

  constructor(private readonly startMs = Date.UTC(2026, 0, 1)) {
    super();
  }

  now(): number {
    return this.startMs + this.elapsed;
  }

  monotonic(): number {
    return this.elapsed;
  }

  advance(ms: number): void {
    this.elapsed += ms;
  }
}

/** The system's clock, shifted: time still runs, so timers and sockets work, but the wall can be moved ahead. */
export class ShiftedClock extends Clock {
  private shift = 0;

  now(): number {
    return Date.now() + this.shift;
  }

  monotonic(): number {
    return performance.now() + this.shift;
  }

  advance(ms: number): void {
    this.shift += ms;
  }
}

/** The system's clock with a wall clock that somebody sets. */
export class SetClock extends SystemClock {
  /** Not initialized: the clock is read before the fields of this class exist. */
  private jump: number | undefined;

  override now(): number {
    return super.now() + (this.jump ?? 0);
  }

  setBy(ms: number): void {
    this.jump = (this.jump ?? 0) + ms;
  }
}
