import { Logger } from '@nestjs/common';
import { defer, Subscription, type SchedulerLike } from 'rxjs';
import { tellUnlessAway } from '../../neo4j/graph-errors.js';
import type { InstanceLease } from '../queue/instance-lease.js';
import type { DestinationThrottle } from './destination-throttle.js';
import type { Paces } from './paces.js';
import { notWorkedOn, type AttemptRunner, type Run, type Together } from './attempt-runner.js';
import type { HeldDelivery } from '../model/queued-delivery.js';
import { companions } from './companions.js';
import type { Lane } from './lane.js';
import type { SlotPool } from './slot-pool.js';

/** A clock that was set, or a pace that was changed, is seen after this time. */
const LONGEST_TIMER_MS = 60_000;

/** A delivery that waits in a lane. */
export interface Entry {
  readonly held: HeldDelivery;
  /** Called once, with what became of it. */
  readonly ended: (run: Run) => void;
  /** In how large a request it goes at most: a larger one was refused as a whole. */
  readonly most?: number;
}

/** What all lanes share. */
export interface Surroundings {
  readonly runner: AttemptRunner;
  readonly slots: SlotPool;
  readonly throttle: DestinationThrottle;
  readonly paces: Paces;
  readonly scheduler: SchedulerLike;
  readonly lease: InstanceLease;
}

/**
 * Works off one lane in order. Each delivery in turn: what must not go ends untried; else it waits until the lane has
 * room and its pace allows it, then for its turn at the throttle, and in that turn it takes a slot and starts. Nothing is held by waiting, and
 * an error of one attempt is the end of that attempt only.
 */
export class LaneQueue {
  private readonly logger = new Logger(LaneQueue.name);
  /** What a person asked for goes first. */
  private readonly manual: Entry[] = [];
  private readonly waiting: Entry[] = [];
  private readonly attempts = new Subscription();
  /** Takes back the request for a turn; undefined = there is none. */
  private withdraw: (() => void) | undefined;
  /** Until the pace of the webhook allows the next request; undefined = nobody waits for that. */
  private wake: Subscription | undefined;
  private advancing = false;
  private closed = false;

  constructor(
    private readonly lane: Lane,
    private readonly around: Surroundings,
  ) {}

  get isIdle(): boolean {
    return this.lane.inFlight === 0 && this.next === undefined;
  }

  add(entry: Entry): void {
    (entry.held.manual ? this.manual : this.waiting).push(entry);
    this.advance();
  }

  /** Starts nothing more; what waits ends as not worked on. */
  close(): void {
    this.closed = true;
    this.withdraw?.();
    this.wake?.unsubscribe();
    this.around.slots.forget(this.advance);
    this.advance();
  }

  /** Ends what is in flight. */
  abort(): void {
    this.attempts.unsubscribe();
  }

  /** Starts all that may start. Whatever ends at once comes back here: the loop goes on instead of a recursion. */
  readonly advance = (): void => {
    if (this.advancing) return;
    this.advancing = true;
    while (this.step());
    this.advancing = false;
  };

  private get next(): Entry | undefined {
    return this.manual[0] ?? this.waiting[0];
  }

  /** Answers whether there may be more to do now. */
  private step(): boolean {
    const entry = this.next;
    if (!entry) return false;
    const untried = this.untried(entry.held);
    if (untried) {
      this.remove(entry);
      entry.ended(untried);
      return true;
    }
    if (!this.hasRoom(entry) || this.isTooSoon(entry)) return false;
    if (!this.around.throttle.isOff) return this.requestTurn(entry);
    this.start(entry);
    return true;
  }

  private untried(held: HeldDelivery): Run | undefined {
    if (this.closed) return notWorkedOn(held);
    try {
      return this.around.runner.untried(held, this.lane);
    } catch (error) {
      return this.failed(held, error);
    }
  }

  /** If not, something comes back to `advance` when it has: a request that ends, a common slot, or a heartbeat. */
  private hasRoom({ held }: Entry): boolean {
    const { slots, lease } = this.around;
    return this.lane.hasRoom(held.manual) && lease.isHeld() && slots.has(this.lane, this.advance);
  }

  /** If so, a timer comes back to `advance`. */
  private isTooSoon({ held }: Entry): boolean {
    const { paces, runner, scheduler } = this.around;
    const waitMs = paces.waitMs(runner.pace(held));
    if (waitMs === 0) return false;
    this.wake ??= scheduler.schedule(
      () => {
        this.wake = undefined;
        this.advance();
      },
      Math.min(waitMs, LONGEST_TIMER_MS),
    );
    return true;
  }

  /** Answers whether the turn came at once and was used. */
  private requestTurn({ held }: Entry): boolean {
    if (this.withdraw) return false;
    const destination = this.around.runner.destination(held);
    let used: boolean | undefined;
    const withdraw = this.around.throttle.request(destination, () => {
      this.withdraw = undefined;
      used = this.useTurn(destination);
      this.advance();
      return used;
    });
    if (used === undefined) this.withdraw = withdraw;
    return used ?? false;
  }

  /** Much may have changed during the wait; a turn that cannot be used goes to the next lane. */
  private useTurn(destination: string): boolean {
    for (let entry = this.next; entry; entry = this.next) {
      const untried = this.untried(entry.held);
      if (!untried) return this.startInTurn(entry, destination);
      this.remove(entry);
      entry.ended(untried);
    }
    return false;
  }

  private startInTurn(entry: Entry, destination: string): boolean {
    if (this.around.runner.destination(entry.held) !== destination) return false;
    if (!this.hasRoom(entry) || this.isTooSoon(entry)) return false;
    this.start(entry);
    return true;
  }

  private start(entry: Entry): void {
    const { runner, slots, paces } = this.around;
    const others = this.others(entry);
    const entries: readonly Entry[] = [entry, ...others];
    const together: Together = [entry.held, ...others.map(({ held }) => held)];
    this.remove(entry);
    this.waiting.splice(0, others.length);
    slots.take(this.lane);
    paces.take(runner.pace(entry.held));
    let runs: readonly Run[] = together.map(notWorkedOn);
    const attempt = defer(() => runner.attempt(together, this.lane)).subscribe({
      next: (results) => {
        runs = results;
      },
      error: (error: unknown) => {
        runs = together.map((held) => this.failed(held, error));
      },
    });
    attempt.add(() => {
      this.attempts.remove(attempt);
      this.takeBack(entries, runs);
      slots.giveBack(this.lane, runs[0]?.answered ?? null);
      for (const [n, { ended }] of entries.entries()) {
        const run = runs[n];
        if (run && !run.again) ended(run);
      }
      this.advance();
    });
    this.attempts.add(attempt);
  }

  /** Those behind it that share its request. */
  private others(entry: Entry): Entry[] {
    const grouping = this.around.runner.grouping(entry.held);
    // A probe is one delivery.
    if (!grouping || entry.held.manual || this.lane.isBarred) return [];
    return companions(this.waiting, grouping, ({ held }) => this.untried(held) === undefined);
  }

  /** What a shared request says nothing of goes on at once, in its place; where it was refused, in smaller parts. */
  private takeBack(entries: readonly Entry[], runs: readonly Run[]): void {
    const most = Math.max(1, Math.floor(entries.length / 2));
    const again = entries.flatMap((entry, n) => {
      const run = runs[n];
      if (!run?.again) return [];
      return [run.again === 'split' ? { ...entry, most } : entry];
    });
    this.waiting.unshift(...again);
  }

  private remove(entry: Entry): void {
    const from = this.manual[0] === entry ? this.manual : this.waiting;
    from.shift();
  }

  /** The claim stays, and the audit of claims gives it back to the queue. */
  private failed(held: HeldDelivery, error: unknown): Run {
    tellUnlessAway(this.logger, `Delivery ${held.id} was not worked on`, error, 'error');
    return notWorkedOn(held);
  }
}
