import { Clock } from '../../src/common/clock.js';

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
