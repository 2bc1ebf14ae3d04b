import type { SchedulerLike, Subscription } from 'rxjs';
import type { Turns } from '../operators/in-turn.js';

const TIMER_MS = 4;

/**
 * Lets requests to one destination start at even distances: at most `ratePerSecond`, no bursts. Lanes (webhooks)
 * take turns, so a long queue of one does not hold up another. A turn is taken when a request starts and is never
 * held while it hangs. Nothing is dropped.
 */
export class RateGate implements Turns {
  private readonly lanes = new Map<string, Set<() => void>>();
  private readonly intervalMs: number;
  /** Timers are no finer than this; without it no rate above 1000/timer could be kept. */
  private readonly slackMs: number;
  private nextAt = Number.NEGATIVE_INFINITY;
  private timer: Subscription | undefined;

  constructor(
    ratePerSecond: number,
    private readonly scheduler: SchedulerLike,
    /** Monotonic ms: a jump of the wall clock must neither stall nor flood. */
    private readonly now: () => number,
  ) {
    this.intervalMs = 1000 / ratePerSecond;
    this.slackMs = Math.max(0, TIMER_MS - this.intervalMs);
  }

  /** Nobody waits, and the next request may start at once. */
  get isIdle(): boolean {
    return this.lanes.size === 0 && this.now() >= this.nextAt;
  }

  request(lane: string, start: () => void): () => void {
    const queue = this.lanes.get(lane) ?? new Set();
    this.lanes.set(lane, queue.add(start));
    this.serve();
    return () => {
      this.withdraw(lane, start);
    };
  }

  private withdraw(lane: string, start: () => void): void {
    const queue = this.lanes.get(lane);
    queue?.delete(start);
    if (queue?.size === 0) this.lanes.delete(lane);
  }

  private serve(): void {
    if (this.timer || this.lanes.size === 0) return;
    const wait = this.nextAt - this.now();
    if (wait > 0) this.serveIn(wait);
    else this.grant();
  }

  private serveIn(ms: number): void {
    this.timer = this.scheduler.schedule(() => {
      this.timer = undefined;
      this.serve();
    }, Math.ceil(ms));
  }

  /** The lane that was served goes to the end of the row. */
  private grant(): void {
    const [entry] = this.lanes;
    if (!entry) return;
    const [lane, queue] = entry;
    const [start] = queue;
    this.lanes.delete(lane);
    if (!start) return;
    queue.delete(start);
    if (queue.size > 0) this.lanes.set(lane, queue);
    this.nextAt = Math.max(this.now() - this.slackMs, this.nextAt) + this.intervalMs;
    start();
    this.serve();
  }
}
