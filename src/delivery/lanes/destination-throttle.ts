import { Inject, Injectable, Optional } from '@nestjs/common';
import type { SchedulerLike, Subscription } from 'rxjs';
import { Clock } from '../../common/clock.js';
import { SCHEDULER } from '../../common/rxjs/scheduler.js';
import { DeliveryMetrics, NoMetrics } from '../../common/metrics/delivery-metrics.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { InstanceLease } from '../queue/instance-lease.js';

const TIMER_MS = 4;

/** Called in a turn; answers whether it was used. */
export type UseTurn = () => boolean;

/**
 * Lets requests to one destination start at even distances: at most `ratePerSecond`, no bursts. Who asks has one turn
 * and goes to the end of the row for the next, so a long queue of one webhook does not hold up another. A turn is
 * used at once or goes to the next in the row; it is never held. Nothing is dropped.
 */
export class RateGate {
  private readonly row = new Set<UseTurn>();
  private nextAt = Number.NEGATIVE_INFINITY;
  private timer: Subscription | undefined;
  private serving = false;

  constructor(
    /** May change at any time. */
    private readonly ratePerSecond: () => number,
    private readonly scheduler: SchedulerLike,
    /** Monotonic ms: a jump of the wall clock must neither stall nor flood. */
    private readonly now: () => number,
  ) {}

  /** Nobody waits, and the next request may start at once. */
  get isIdle(): boolean {
    return this.row.size === 0 && this.now() >= this.nextAt;
  }

  /** ms until whoever asks now has a turn. */
  get waitMs(): number {
    return Math.max(0, this.nextAt - this.now()) + this.row.size * this.intervalMs;
  }

  private get intervalMs(): number {
    return 1000 / this.ratePerSecond();
  }

  /** Asks for one turn, which may come before this returns. The returned function takes the request back. */
  request(use: UseTurn): () => void {
    this.row.add(use);
    this.serve();
    return () => {
      this.row.delete(use);
    };
  }

  /** Whoever is called may ask again, which comes back here: the loop goes on instead of a recursion. */
  private serve(): void {
    if (this.timer || this.serving) return;
    this.serving = true;
    for (const use of this.row) {
      const wait = this.nextAt - this.now();
      if (wait > 0) {
        this.serveIn(wait);
        break;
      }
      this.grant(use);
    }
    this.serving = false;
  }

  private grant(use: UseTurn): void {
    this.row.delete(use);
    if (!use()) return;
    const { intervalMs } = this;
    // Timers are no finer than this; without it no rate above 1000/timer could be kept.
    const slackMs = Math.max(0, TIMER_MS - intervalMs);
    this.nextAt = Math.max(this.now() - slackMs, this.nextAt) + intervalMs;
  }

  private serveIn(ms: number): void {
    this.timer = this.scheduler.schedule(() => {
      this.timer = undefined;
      this.serve();
    }, Math.ceil(ms));
  }
}

const SWEEP_ABOVE = 1000;

/**
 * The outbound throttle: one gate for each destination (scheme, host and port), because it protects the external service.
 * The limit is that of all instances together: each takes the part that falls to it, whether the others need theirs or not.
 */
@Injectable()
export class DestinationThrottle {
  private readonly gates = new Map<string, RateGate>();

  constructor(
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    @Inject(SCHEDULER) private readonly scheduler: SchedulerLike,
    private readonly clock: Clock,
    private readonly lease: InstanceLease,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {}

  /** Whether every request may start at once. */
  get isOff(): boolean {
    return this.options.maxRequestsPerSecond === 0;
  }

  /** Asks for one turn at a destination; see `RateGate.request`. */
  request(destination: string, use: UseTurn): () => void {
    const asked = this.clock.monotonic();
    return this.gate(destination).request(() => {
      const isUsed = use();
      if (isUsed) this.metrics.waitedForTurn((this.clock.monotonic() - asked) / 1000);
      return isUsed;
    });
  }

  /** ms until whoever asks now has a turn. */
  waitMs(destination: string): number {
    return this.gates.get(destination)?.waitMs ?? 0;
  }

  private gate(destination: string): RateGate {
    let gate = this.gates.get(destination);
    if (!gate) {
      if (this.gates.size >= SWEEP_ABOVE) this.forgetIdle();
      const share = (): number => this.options.maxRequestsPerSecond / this.lease.instances;
      gate = new RateGate(share, this.scheduler, () => this.clock.monotonic());
      this.gates.set(destination, gate);
    }
    return gate;
  }

  private forgetIdle(): void {
    for (const [destination, gate] of this.gates) if (gate.isIdle) this.gates.delete(destination);
  }
}
