import type { InstanceLease } from '../queue/instance-lease.js';
import type { Endpoint } from '../model/endpoint.js';
import { BlockedOnes } from './blocked-ones.js';
import { CircuitBreaker, type BreakerSettings, type Permit } from './circuit-breaker.js';
import type { DestinationThrottle } from './destination-throttle.js';
import type { Ending } from './ending.js';
import type { Paces } from './paces.js';
import { Pause } from './pause.js';
import { Window, type SlotPool } from './slot-pool.js';

/** What a delivery waits for in memory. */
export type Obstacle = 'window' | 'lease' | 'slot' | 'pace' | 'turn';

/**
 * When the next delivery of one webhook goes. `LaneQueue` asks this of the first that waits, in this order:
 *
 *     takesNew, share    is there room for it in memory, or does it wait in the graph?
 *     defers             do pause or breaker send it back there?
 *     obstacle           what else does it wait for: window, lease, common slot, pace, its turn at the throttle?
 *     tryAcquire         it starts, as a probe where the breaker is open
 *     ended              and its answer makes the lane another one:
 *
 *     success: the window doubles
 *     no answer: it is halved
 *        ┌──┐
 *        v  │        429, or 503 with Retry-After: halved
 *      ┌───────┐ ──────────────────────────────────────────> ┌─────────────────────────────┐
 *      │       │ <────────── the time is over ────────────── │ paused: nothing goes        │
 *      │ clear │                                             └─────────────────────────────┘
 *      │       │     so many failures in a row, or one
 *      │       │     refusal that somebody must repair
 *      │       │ ──────────────────────────────────────────> ┌─────────────────────────────┐
 *      └───────┘ <──────────── any success ───────────────── │ breaker open: single probes │
 *                                                            └─────────────────────────────┘
 *
 * It may be paused with an open breaker: then its next probe waits for both. What a person asks for goes past both, and
 * past the window. Nothing is held by waiting: the turn comes last, and the slot is taken in it.
 */
export class Lane {
  readonly window: Window;
  readonly pause: Pause;
  readonly breaker: CircuitBreaker;
  private readonly blockedOnes = new BlockedOnes();
  /** Its webhook, as it was when a delivery was last looked at; undefined = it was not yet, or is gone. */
  endpoint: Endpoint | undefined;

  constructor(private readonly settings: LaneSettings) {
    this.window = new Window(settings.widest);
    this.pause = new Pause(settings.now);
    this.breaker = new CircuitBreaker(settings);
  }

  /** Whether a new event may be held: not while the lane is not clear, nor before what a pause has left in the graph. */
  takesNew(leavesInGraph: () => boolean): boolean {
    if (!this.isClear) return false;
    this.pause.keepsOrder &&= leavesInGraph();
    return !this.pause.keepsOrder;
  }

  /** Its share of memory: how many of its deliveries are held at most, if each goes alone. Grows with the window. */
  get share(): number {
    const most = Math.max(ALWAYS_HELD, 2 * this.window.size ** 2);
    const perSecond = Math.min(this.settings.throttlePerSecond, this.endpoint?.pace?.perSecond ?? Infinity);
    if (perSecond === Infinity) return most;
    return Math.min(most, Math.max(ALWAYS_HELD, Math.ceil(perSecond * THROTTLED_SECONDS)));
  }

  /** As `share`, where requests are shared. */
  get shareTogether(): number {
    const atOnce = this.endpoint?.rendering?.grouping?.atMost ?? 1;
    return Math.max(this.share, Math.min(this.share * atOnce, MOST_TOGETHER));
  }

  /** Whether a delivery goes back to the graph untried, to wait there. */
  defers(manual: boolean): boolean {
    return !manual && !this.allows;
  }

  /** What the next delivery waits for; undefined = it starts now. A turn is needed only where there is a throttle. */
  obstacle(manual: boolean, { lease, slots, paces, throttle }: Shared): Obstacle | undefined {
    if (!this.window.hasRoom(manual)) return 'window';
    if (!lease.isHeld()) return 'lease';
    if (!slots.has(this.window)) return 'slot';
    if (paces.waitMs(this.endpoint?.pace) > 0) return 'pace';
    return throttle.isOff ? undefined : 'turn';
  }

  /** Asks for an attempt; each one that passes is followed by `ended`. undefined = not now. */
  tryAcquire(): Permit | undefined {
    return this.allows ? this.breaker.tryAcquire() : undefined;
  }

  /**
   * Whether a delivery that was blocked is so for itself alone: while the breaker is closed, and others arrived since it
   * was blocked before.
   */
  isBlockedAlone(deliveryId: string): boolean {
    return this.blockedOnes.isAlone(deliveryId) && !this.breaker.isOpen;
  }

  /** What an attempt made of it. */
  ended(permit: Permit, ending: Ending): Change {
    if (ending.kind === 'wait') {
      this.breaker.undecided(permit);
      this.pause.ask(ending.askedSeconds, ending.firstSeconds);
      return 'paused';
    }
    this.pause.forgetAsking();
    switch (ending.kind) {
      case 'success':
        this.blockedOnes.noteArrival();
        if (ending.restSeconds) this.pause.rest(ending.restSeconds * 1000);
        return this.breaker.succeeded() ? 'closed' : 'none';
      case 'failure':
        return this.breaker.failed(permit) ? 'opened' : 'none';
      case 'blocked':
        return this.breaker.blocked(permit) ? 'blocked' : 'none';
      case 'rejected':
        this.breaker.undecided(permit);
        return 'none';
      default:
        return ending satisfies never;
    }
  }

  /** Neither paused nor behind an open breaker. */
  get isClear(): boolean {
    return !this.breaker.isOpen && this.pause.leftMs === 0;
  }

  /** ms until pause and breaker let the next attempt go. */
  waitMs(): number {
    return Math.max(this.pause.leftMs, this.breaker.waitMs());
  }

  /** Its endpoint is another one, or was repaired. Answers whether anything was known of it. */
  reset(): boolean {
    const wasPaused = this.pause.leftMs > 0;
    this.pause.end();
    this.blockedOnes.clear();
    return this.breaker.reset() || wasPaused;
  }

  /** Whether pause and breaker let the next attempt go now, be it as a probe. */
  private get allows(): boolean {
    return this.pause.leftMs === 0 && this.breaker.allows;
  }
}

export interface LaneSettings extends BreakerSettings {
  /** Requests of one webhook in flight at most. */
  readonly widest: number;
  /** Requests a second of one destination at most; Infinity = there is no throttle. */
  readonly throttlePerSecond: number;
}

/** What all lanes share. */
export interface Shared {
  readonly slots: Pick<SlotPool, 'has'>;
  readonly throttle: Pick<DestinationThrottle, 'isOff'>;
  readonly paces: Pick<Paces, 'waitMs'>;
  readonly lease: Pick<InstanceLease, 'isHeld'>;
}

/** What an attempt has changed. */
export type Change = 'opened' | 'blocked' | 'closed' | 'paused' | 'none';

/** Every webhook may hold this many deliveries in memory, however many others do. */
export const ALWAYS_HELD = 2;
/** What goes out many at once holds this many. */
const MOST_TOGETHER = 4000;
/** Under a throttle no more is claimed than goes out within this many seconds. */
const THROTTLED_SECONDS = 2;
