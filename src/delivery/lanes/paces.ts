import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Pace } from '../model/endpoint.js';
import { Handshakes } from '../sending/handshakes.js';

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

const SWEEP_ABOVE = 1000;

interface Gate {
  readonly perSecond: number;
  readonly burst: number;
  readonly gate: PaceGate;
}

/** The paces of webhooks that have one, below the throttle of their destination: receivers of chat allow one message a second. */
@Injectable()
export class Paces {
  private readonly gates = new Map<string, Gate>();

  constructor(
    private readonly clock: Clock,
    @Inject(Handshakes) private readonly receivers: Pick<Handshakes, 'allowedPerSecond'>,
  ) {}

  /** ms until the next request may start; 0 = now. */
  waitMs(pace: Pace | null | undefined): number {
    return pace ? Math.ceil(this.gate(pace).waitMs) : 0;
  }

  /** A request starts. */
  take(pace: Pace | null | undefined): void {
    if (pace) this.gate(pace).take();
  }

  /** Another pace under the same key takes its place: somebody has changed it. */
  private gate(pace: Pace): PaceGate {
    const known = this.gates.get(pace.key);
    const { key, burst } = pace;
    const perSecond = Math.min(pace.perSecond, this.receivers.allowedPerSecond(key));
    if (known?.perSecond === perSecond && known.burst === burst) return known.gate;
    if (this.gates.size >= SWEEP_ABOVE) this.forgetRested();
    const gate = new PaceGate(perSecond, burst, () => this.clock.monotonic());
    this.gates.set(key, { perSecond, burst, gate });
    return gate;
  }

  private forgetRested(): void {
    for (const [key, { gate }] of this.gates) if (gate.isRested) this.gates.delete(key);
  }
}
