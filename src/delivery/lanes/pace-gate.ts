/**
 * How fast requests may follow each other: `perSecond` on average, and after a rest `burst` of them at once. Who has
 * to wait asks again; nothing is queued here.
 */
export class PaceGate {
  private readonly intervalMs: number;
  /** From when on a whole burst may go again. */
  private restedAt = Number.NEGATIVE_INFINITY;

  constructor(
    perSecond: number,
    private readonly burst: number,
    /** Monotonic ms. */
    private readonly now: () => number,
  ) {
    this.intervalMs = 1000 / perSecond;
  }

  /** ms until the next request may start; 0 = now. */
  get waitMs(): number {
    return Math.max(0, this.restedAt - (this.burst - 1) * this.intervalMs - this.now());
  }

  /** A whole burst may go: there is nothing to remember. */
  get isRested(): boolean {
    return this.now() >= this.restedAt;
  }

  /** A request starts. */
  take(): void {
    this.restedAt = Math.max(this.restedAt, this.now()) + this.intervalMs;
  }
}
