/**
 * The wall clock without its jumps, ms since the epoch: for what is scheduled. It runs on by the monotonic clock, at
 * half to double speed until it has made up for the jump, as NTP slews a clock. A wall clock that is set an hour ahead
 * then makes nothing due at once that was due in an hour, and one that is set back holds nothing up for that hour.
 */
export class SteadyTime {
  private time: number;
  private seenAt: number;

  /**
   * @param wall ms since the epoch
   * @param monotonic ms
   */
  constructor(
    private readonly wall: () => number,
    private readonly monotonic: () => number,
  ) {
    this.time = wall();
    this.seenAt = monotonic();
  }

  now(): number {
    const monotonic = this.monotonic();
    const elapsed = monotonic - this.seenAt;
    const off = this.wall() - (this.time + elapsed);
    this.seenAt = monotonic;
    this.time += elapsed + Math.min(elapsed, Math.max(-elapsed / 2, off));
    return this.time;
  }
}
