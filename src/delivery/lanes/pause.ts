/** A receiver that asks for more is asked again after this time. */
export const LONGEST_PAUSE_MS = 3600 * 1000;
/** Pauses that the receiver leaves to us: 1, 2, 4 … seconds. One request a minute is no load. */
const FIRST_OWN_SECONDS = 1;
const LONGEST_OWN_MS = 60_000;
/** Doubled more often than this, any pause is the longest. */
const MAX_DOUBLINGS = 10;

/** A receiver asked to wait, or announced its limit: nothing goes until the time is over. */
export class Pause {
  /** What waits in the graph since the pause comes before what is new. */
  keepsOrder = false;
  private until = Number.NEGATIVE_INFINITY;
  /** Pauses in a row whose length was ours to choose. */
  private own = 0;
  /** Since when every answer asked to wait; monotonic. */
  private askedSince: number | undefined;

  /** @param now monotonic clock, ms */
  constructor(private readonly now: () => number) {}

  /** ms that are left of it; 0 = there is none. */
  get leftMs(): number {
    return Math.max(0, this.until - this.now());
  }

  /** For how long every answer has asked to wait, ms. */
  get askedForMs(): number {
    return this.askedSince === undefined ? 0 : this.now() - this.askedSince;
  }

  /**
   * An answer asks to wait. Those that were in flight when the pause began lengthen it, but do not make it grow.
   *
   * @param seconds null, or 0, names no end: without a pause of our own the receiver would be asked without end
   * @param firstOwnSeconds the first pause of our own in a row
   */
  ask(seconds: number | null, firstOwnSeconds = FIRST_OWN_SECONDS): void {
    const asked = (seconds ?? 0) * 1000;
    if (asked > 0) this.lengthen(asked, 0);
    else if (this.leftMs === 0) this.lengthen(this.nextOwnMs(firstOwnSeconds), 0);
  }

  /** Lasts as long as others have seen it, in the graph. */
  lengthen(ms: number, askedForMs: number): void {
    this.askedSince ??= this.now() - askedForMs;
    this.rest(ms);
  }

  /** The receiver has announced its limit before it had to refuse: nobody was asked to wait, so nothing is counted. */
  rest(ms: number): void {
    this.until = Math.max(this.until, this.now() + Math.min(ms, LONGEST_PAUSE_MS));
    this.keepsOrder = true;
  }

  /** An answer that does not ask to wait: a pause that has begun goes on, the next one begins small. */
  forgetAsking(): void {
    this.own = 0;
    this.askedSince = undefined;
  }

  end(): void {
    this.until = Number.NEGATIVE_INFINITY;
    this.forgetAsking();
  }

  private nextOwnMs(firstSeconds: number): number {
    const doublings = Math.min(this.own, MAX_DOUBLINGS);
    this.own += 1;
    return Math.min(firstSeconds * 1000 * 2 ** doublings, LONGEST_OWN_MS);
  }
}
