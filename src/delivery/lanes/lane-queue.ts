import { Logger } from '@nestjs/common';
import { defer, Subscription, type SchedulerLike } from 'rxjs';
import { tellUnlessAway } from '../../neo4j/graph-errors.js';
import type { InstanceLease } from '../queue/instance-lease.js';
import type { DestinationThrottle } from './destination-throttle.js';
import type { Paces } from './paces.js';
import { notWorkedOn, type AttemptRunner, type Run, type Together } from './attempt-runner.js';
import type { HeldDelivery } from '../model/queued-delivery.js';
import type { Lane, Obstacle } from './lane.js';
import type { SlotPool } from './slot-pool.js';
import { WaitingLine, type Entry } from './waiting-line.js';

/** A clock that was set, or a pace that was changed, is seen after this time. */
const LONGEST_TIMER_MS = 60_000;

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
 * Works off one lane in order, as `Lane` says when. What must not go ends untried; an error of one attempt is the end of
 * that attempt only.
 */
export class LaneQueue {
  private readonly logger = new Logger(LaneQueue.name);
  private readonly line = new WaitingLine();
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
    return this.lane.window.inFlight === 0 && this.line.first === undefined;
  }

  add(entry: Entry): void {
    this.line.add(entry);
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

  /** Where its next request goes, as the throttle sees it. */
  private get destination(): string {
    return this.lane.endpoint?.destination ?? '';
  }

  /** Answers whether there may be more to do now. */
  private step(): boolean {
    const first = this.line.first;
    if (!first) return false;
    if (this.endedUntried(first)) return true;
    const obstacle = this.lane.obstacle(first.held.manual, this.around);
    if (obstacle) return this.overcome(obstacle);
    this.start(first);
    return true;
  }

  /** What must not go ends here. */
  private endedUntried(entry: Entry): boolean {
    const untried = this.untried(entry.held);
    if (!untried) return false;
    this.line.removeFirst();
    entry.ended(untried);
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

  /** Something comes back to `advance` when it is time. Answers whether that was at once. */
  private overcome(obstacle: Obstacle): boolean {
    switch (obstacle) {
      case 'window':
        // A request of this lane ends.
        return false;
      case 'lease':
        // A heartbeat.
        return false;
      case 'slot':
        this.around.slots.wait(this.advance);
        return false;
      case 'pace':
        this.wakeWhenPaced();
        return false;
      case 'turn':
        return this.requestTurn();
      default:
        return obstacle satisfies never;
    }
  }

  private wakeWhenPaced(): void {
    const { paces, scheduler } = this.around;
    const waitMs = Math.min(paces.waitMs(this.lane.endpoint?.pace), LONGEST_TIMER_MS);
    this.wake ??= scheduler.schedule(() => {
      this.wake = undefined;
      this.advance();
    }, waitMs);
  }

  /** Answers whether the turn came at once and was used. */
  private requestTurn(): boolean {
    if (this.withdraw) return false;
    const { destination } = this;
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
    let first = this.line.first;
    while (first && this.endedUntried(first)) first = this.line.first;
    return first !== undefined && this.startInTurn(first, destination);
  }

  private startInTurn(first: Entry, destination: string): boolean {
    if (this.destination !== destination) return false;
    const obstacle = this.lane.obstacle(first.held.manual, this.around);
    if (obstacle && obstacle !== 'turn') return this.overcome(obstacle);
    this.start(first);
    return true;
  }

  private start(first: Entry): void {
    const { slots, paces } = this.around;
    const { endpoint, breaker, window } = this.lane;
    // A probe is one delivery.
    const grouping = breaker.isOpen ? null : (endpoint?.rendering?.grouping ?? null);
    const entries = this.line.take(first, grouping, ({ held }) => this.untried(held) === undefined);
    slots.take(window);
    paces.take(endpoint?.pace);
    this.attempt(entries);
  }

  private attempt(entries: readonly [Entry, ...Entry[]]): void {
    const [{ held: first }, ...along] = entries;
    const together: Together = [first, ...along.map(({ held }) => held)];
    let runs: readonly Run[] = together.map(notWorkedOn);
    const attempt = defer(() => this.around.runner.attempt(together, this.lane)).subscribe({
      next: (results) => {
        runs = results;
      },
      error: (error: unknown) => {
        runs = together.map((held) => this.failed(held, error));
      },
    });
    attempt.add(() => {
      this.attempts.remove(attempt);
      this.finish(entries, runs);
    });
    this.attempts.add(attempt);
  }

  private finish(entries: readonly Entry[], runs: readonly Run[]): void {
    this.line.putBack(this.again(entries, runs));
    this.around.slots.giveBack(this.lane.window, runs[0]?.answered ?? null);
    for (const [n, { ended }] of entries.entries()) {
      const run = runs[n];
      if (run && !run.again) ended(run);
    }
    this.advance();
  }

  /** What a shared request says nothing of goes on at once; where it was refused, in smaller parts. */
  private again(entries: readonly Entry[], runs: readonly Run[]): Entry[] {
    const most = Math.max(1, Math.floor(entries.length / 2));
    return entries.flatMap((entry, n) => {
      const run = runs[n];
      if (!run?.again) return [];
      return [run.again === 'split' ? { ...entry, most } : entry];
    });
  }

  /** The claim stays, and the audit of claims gives it back to the queue. */
  private failed(held: HeldDelivery, error: unknown): Run {
    tellUnlessAway(this.logger, `Delivery ${held.id} was not worked on`, error, 'error');
    return notWorkedOn(held);
  }
}
