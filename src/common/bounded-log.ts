/** What may be written: how many lines were kept back since the last one. */
export interface Allowance {
  readonly keptBack: number;
}

/** A log that a caller could flood: so many lines in a span of time, and the next one tells how many are missing. */
export class BoundedLog {
  private from = Number.NEGATIVE_INFINITY;
  private written = 0;
  private keptBack = 0;

  /**
   * @param lines in each span at most
   * @param spanMs its length
   * @param now monotonic, ms
   */
  constructor(
    private readonly lines: number,
    private readonly spanMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** undefined = this line is kept back. */
  take(): Allowance | undefined {
    const now = this.now();
    if (now - this.from >= this.spanMs) {
      this.from = now;
      this.written = 0;
    }
    if (this.written >= this.lines) {
      this.keptBack += 1;
      return undefined;
    }
    const { keptBack } = this;
    this.written += 1;
    this.keptBack = 0;
    return { keptBack };
  }
}
