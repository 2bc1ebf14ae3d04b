/** How an attempt got past the breaker: `free` when it is closed, as its one `probe` when it is open. */
export type Permit = 'free' | 'probe';

export interface BreakerSettings {
  /** Failed attempts in a row that open it; 0 = never. */
  readonly threshold: number;
  /** The pauses between probes grow up to this, ms. */
  readonly maxPauseMs: number;
  /** ± share of each pause, 0..1. */
  readonly jitter: number;
  /** Monotonic clock, ms. */
  readonly now: () => number;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
}

const FIRST_PAUSE_MS = 1000;
const GROWTH = 2;

/**
 * Stops hammering one endpoint.
 *
 *     closed ── threshold failures in a row ──> open ── pause is over ──> one probe
 *       ^                                        ^                          │ │
 *       └──────────── any success ───────────────│──────────────────────────┘ │
 *                                                └── fails: twice the pause ──┘
 */
export class CircuitBreaker {
  private failures = 0;
  /** The present pause before jitter; undefined = closed. */
  private pauseMs: number | undefined;
  private probeAt = 0;
  private probing = false;

  constructor(private readonly settings: BreakerSettings) {}

  get isOpen(): boolean {
    return this.pauseMs !== undefined;
  }

  /** Whether the next attempt may go, now. */
  get allows(): boolean {
    return !this.isOpen || (!this.probing && this.waitMs() === 0);
  }

  /** ms until a probe may go; 0 when it may, or when no probe is needed. */
  waitMs(): number {
    return this.isOpen ? Math.max(0, this.probeAt - this.settings.now()) : 0;
  }

  /** Asks for an attempt; each one that passes is followed by `succeeded` or `failed`. undefined = not now. */
  tryAcquire(): Permit | undefined {
    if (!this.isOpen) return 'free';
    if (!this.allows) return undefined;
    this.probing = true;
    return 'probe';
  }

  /** Closes it. Answers whether it was open. */
  succeeded(): boolean {
    const wasOpen = this.isOpen;
    this.failures = 0;
    this.pauseMs = undefined;
    this.probing = false;
    return wasOpen;
  }

  /** Answers whether this failure opened it. Of an open one only the probe counts, not what was in flight before. */
  failed(permit: Permit): boolean {
    if (!this.isOpen) {
      this.failures += 1;
      if (this.settings.threshold === 0 || this.failures < this.settings.threshold) return false;
      this.open();
      return true;
    }
    if (permit === 'probe') this.pause((this.pauseMs ?? FIRST_PAUSE_MS) * GROWTH);
    return false;
  }

  /** Opens it at once; a probe that is blocked again lengthens the pause. Answers whether this opened it. */
  blocked(permit: Permit): boolean {
    if (this.isOpen) return this.failed(permit);
    this.open();
    return true;
  }

  /** The attempt says nothing of the endpoint's health: another probe may go. */
  undecided(permit: Permit): void {
    if (permit === 'probe') this.probing = false;
  }

  /** Opens it, whatever was counted: the first probe comes after the first pause. */
  open(): void {
    this.pause(FIRST_PAUSE_MS);
  }

  /** The endpoint is another one. Answers whether anything was known of it. */
  reset(): boolean {
    const hadFailed = this.failures > 0;
    return this.succeeded() || hadFailed;
  }

  /** The next probe need not wait. */
  hasten(): void {
    this.probeAt = this.settings.now();
  }

  private pause(ms: number): void {
    const { maxPauseMs, jitter, random, now } = this.settings;
    this.probing = false;
    this.pauseMs = Math.min(ms, maxPauseMs);
    this.probeAt = now() + Math.min(this.pauseMs * (1 + jitter * (2 * random() - 1)), maxPauseMs);
  }
}
