import { CircuitBreaker, type BreakerSettings, type Permit } from './circuit-breaker.js';

export interface LaneSettings extends BreakerSettings {
  /** Requests of one webhook in flight at most. */
  readonly widest: number;
}

/** How an attempt ended, as far as the lane is concerned. */
export type Ending =
  | { readonly kind: 'failure' }
  /** `restSeconds`: the receiver announces that it takes nothing more until then. */
  | { readonly kind: 'success'; readonly restSeconds?: number }
  /** It answers, and what it says is about one event alone. */
  | { readonly kind: 'rejected' }
  /** It refuses everything until somebody repairs it. */
  | { readonly kind: 'blocked' }
  /** The receiver asked to wait; null = it did not say how long. */
  | { readonly kind: 'wait'; readonly askedSeconds: number | null };

/** What the attempt has changed. */
export type Change = 'opened' | 'blocked' | 'closed' | 'paused' | 'none';

/** A receiver that asks for more is asked again after this time. */
const LONGEST_PAUSE_MS = 3600 * 1000;
/** Pauses that the receiver leaves to us: 1, 2, 4 … seconds. One request a minute is no load. */
const FIRST_PAUSE_MS = 1000;
const LONGEST_OWN_PAUSE_MS = 60_000;
/** Doubled more often than this, any pause is the longest. */
const MAX_DOUBLINGS = 10;

/**
 * When the next delivery of one webhook goes.
 *
 *               ┌── success: the window of requests in flight doubles; no answer: it is halved
 *               v                                                                │
 *          ┌─ open ──────────────────────────────────────────────────────────────┘
 *          │    ^ ^
 *          │    │ └────────── the time is over ─────────┐
 *          │    │                                       │
 *          │    │              429, 503 + Retry-After ──┴─> paused     nothing goes, the window is halved,
 *          │    │                                                     nothing counts as a failure
 *          │    └──────────── any success ──────────────┐
 *          │                                            │
 *          └── so many failures in a row, or one   > barred            single probes (`CircuitBreaker`)
 *              refusal that somebody must repair
 *
 * A lane may be barred and paused at once: then its next probe waits for both. What a person asks for passes by pause
 * and breaker. The turn at the throttle and the slot are taken after all this, by `LaneQueue`.
 */
export class Lane {
  /** Requests in flight now. Kept by `SlotPool`. */
  inFlight = 0;
  /** It was paused, and what waits in the graph since then comes before what is new. */
  keepsOrder = false;
  /** How many requests a second its webhook allows at most. Kept by `AttemptRunner`. */
  perSecond = Infinity;
  /** How many deliveries one request of its webhook settles at most. Kept by `AttemptRunner`. */
  atOnce = 1;
  private width = 1;
  /** Only a webhook whose last attempt failed has one. */
  private breaker: CircuitBreaker | undefined;
  private pausedUntil = Number.NEGATIVE_INFINITY;
  /** Pauses in a row whose length was ours to choose. */
  private ownPauses = 0;
  /** Since when every answer asked to wait; monotonic. */
  private askedSince: number | undefined;

  constructor(private readonly settings: LaneSettings) {}

  /** How many requests may be in flight now: 1 for a new or a hanging webhook. */
  get window(): number {
    return this.width;
  }

  /** Neither paused nor barred. */
  get isOpen(): boolean {
    return !this.isBarred && this.pauseMs() === 0;
  }

  get isBarred(): boolean {
    return this.breaker !== undefined && !this.breaker.isClosed;
  }

  /** Whether the next attempt may go now, be it as a probe. */
  get allows(): boolean {
    return this.pauseMs() === 0 && (this.breaker?.allows ?? true);
  }

  /** Whether one more request may be in flight; what a person asks for need not wait for the window to open. */
  hasRoom(manual: boolean): boolean {
    return this.inFlight < (manual ? this.settings.widest : this.width);
  }

  /** ms until the next attempt may go. */
  waitMs(): number {
    return Math.max(this.pauseMs(), this.breaker?.waitMs() ?? 0);
  }

  /** ms that are left of the pause. */
  pauseMs(): number {
    return Math.max(0, this.pausedUntil - this.settings.now());
  }

  /** For how long every answer has asked to wait, ms. */
  askedForMs(): number {
    return this.askedSince === undefined ? 0 : this.settings.now() - this.askedSince;
  }

  /** Asks for an attempt; each one that passes is followed by `ended`. undefined = not now. */
  tryAcquire(): Permit | undefined {
    if (!this.allows) return undefined;
    return this.breaker?.tryAcquire() ?? 'free';
  }

  ended(permit: Permit, ending: Ending): Change {
    if (ending.kind === 'wait') return this.askedToWait(permit, ending.askedSeconds);
    this.ownPauses = 0;
    this.askedSince = undefined;
    switch (ending.kind) {
      case 'success':
        return this.succeeded(ending.restSeconds ?? 0);
      case 'failure':
        return this.failed(permit);
      case 'blocked':
        return this.failingBreaker().blocked(permit) ? 'blocked' : 'none';
      case 'rejected':
        this.undecided(permit);
        return 'none';
      default:
        return ending satisfies never;
    }
  }

  /** The attempt was let through and came to nothing: it says nothing of the endpoint. */
  undecided(permit: Permit): void {
    this.breaker?.undecided(permit);
  }

  /** @param answered false = no answer in time, or one that asks to wait; null = nobody was asked */
  resize(answered: boolean | null): void {
    if (answered) this.width = Math.min(this.width * 2, this.settings.widest);
    else if (answered === false) this.width = Math.max(1, Math.floor(this.width / 2));
  }

  /** Pauses as others have seen it, in the graph. */
  pauseFor(ms: number, askedForMs: number): void {
    const now = this.settings.now();
    this.pausedUntil = Math.max(this.pausedUntil, now + Math.min(ms, LONGEST_PAUSE_MS));
    this.askedSince ??= now - askedForMs;
    this.keepsOrder = true;
  }

  /** Bars it, whatever was counted. */
  bar(): void {
    this.failingBreaker().open();
  }

  /** Somebody expects the endpoint to work: the next probe need not wait. */
  hasten(): void {
    this.breaker?.hasten();
  }

  endPause(): void {
    this.pausedUntil = Number.NEGATIVE_INFINITY;
    this.ownPauses = 0;
    this.askedSince = undefined;
  }

  /** Its endpoint is another one, or was repaired. Answers whether anything was known of it. */
  reset(): boolean {
    const known = this.breaker !== undefined || this.pauseMs() > 0;
    this.breaker = undefined;
    this.endPause();
    return known;
  }

  /** Those that were in flight when the pause began lengthen it, but do not make it grow. */
  private askedToWait(permit: Permit, askedSeconds: number | null): Change {
    this.breaker?.undecided(permit);
    // No time, or one that is over, names no end: without a pause the receiver would be asked without end.
    const asked = (askedSeconds ?? 0) * 1000;
    if (asked > 0) this.pauseFor(asked, 0);
    else if (this.pauseMs() === 0) this.pauseFor(this.ownPauseMs(), 0);
    return 'paused';
  }

  private ownPauseMs(): number {
    const doublings = Math.min(this.ownPauses, MAX_DOUBLINGS);
    this.ownPauses += 1;
    return Math.min(FIRST_PAUSE_MS * 2 ** doublings, LONGEST_OWN_PAUSE_MS);
  }

  private succeeded(restSeconds: number): Change {
    const wasBarred = this.breaker?.succeeded() ?? false;
    this.breaker = undefined;
    if (restSeconds > 0) this.rest(restSeconds * 1000);
    return wasBarred ? 'closed' : 'none';
  }

  /** The receiver has announced its limit before it had to refuse: nobody was asked to wait, so nothing is counted. */
  private rest(ms: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.settings.now() + Math.min(ms, LONGEST_PAUSE_MS));
    this.keepsOrder = true;
  }

  private failed(permit: Permit): Change {
    return this.failingBreaker().failed(permit) ? 'opened' : 'none';
  }

  private failingBreaker(): CircuitBreaker {
    return (this.breaker ??= new CircuitBreaker(this.settings));
  }
}
