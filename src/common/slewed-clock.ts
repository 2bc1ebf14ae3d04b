/** The wall clock may be off by so much before it is asked whether the machine slept, and so often. */
const ODD_MS = 1000;

/**
 * The wall clock without its jumps, ms since the epoch: for what is scheduled. It runs on by the monotonic clock, at
 * half to double speed until it has made up for the jump, as NTP slews a clock. A wall clock that is set an hour ahead
 * then makes nothing due at once that was due in an hour, and one that is set back holds nothing up for that hour.
 * The monotonic clock stands still while the machine sleeps, but that time has passed for everybody else: it is added
 * at once, since the uptime of the machine counts it.
 */
export class SlewedClock {
  private time: number;
  private seenAt: number;
  private slept: number;
  private askedAt: number;

  /**
   * @param wall ms since the epoch
   * @param monotonic ms
   * @param uptime ms since the machine was started, sleep included
   */
  constructor(
    private readonly wall: () => number,
    private readonly monotonic: () => number,
    private readonly uptime: () => number = monotonic,
  ) {
    this.time = wall();
    this.seenAt = monotonic();
    this.slept = uptime() - this.seenAt;
    this.askedAt = this.seenAt;
  }

  now(): number {
    const monotonic = this.monotonic();
    const elapsed = monotonic - this.seenAt;
    const off = this.wall() - (this.time + elapsed);
    this.seenAt = monotonic;
    this.time += elapsed + Math.min(elapsed, Math.max(-elapsed / 2, off));
    if (off > ODD_MS && monotonic - this.askedAt >= ODD_MS) this.addSleep(monotonic);
    return this.time;
  }

  /** Not beyond the wall clock: the uptime is read from a file, and is no exact clock. */
  private addSleep(monotonic: number): void {
    this.askedAt = monotonic;
    const slept = this.uptime() - monotonic;
    if (slept - this.slept < ODD_MS) return;
    this.time = Math.max(this.time, Math.min(this.time + slept - this.slept, this.wall()));
    this.slept = slept;
  }
}
