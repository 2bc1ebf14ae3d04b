import { Inject, Injectable } from '@nestjs/common';
import type { SchedulerLike } from 'rxjs';
import { SCHEDULER } from '../../common/rxjs/scheduler.js';
import { InstanceLease } from '../queue/instance-lease.js';
import { AttemptRunner } from './attempt-runner.js';
import { DestinationThrottle } from './destination-throttle.js';
import { LaneQueue, type Surroundings } from './lane-queue.js';
import { Lanes } from './lanes.js';
import { Paces } from './paces.js';
import { SlotPool } from './slot-pool.js';
import type { Entry } from './waiting-line.js';

/** The queues of all lanes, and what they share. One for each webhook, so that an endpoint that hangs delays nobody else. */
@Injectable()
export class LaneQueues {
  private readonly queues = new Map<string, LaneQueue>();
  private readonly around: Surroundings;
  private closed = false;

  constructor(
    private readonly lanes: Lanes,
    private readonly runner: AttemptRunner,
    private readonly slots: SlotPool,
    throttle: DestinationThrottle,
    paces: Paces,
    lease: InstanceLease,
    @Inject(SCHEDULER) scheduler: SchedulerLike,
  ) {
    this.around = { runner, slots, throttle, paces, scheduler, lease };
  }

  /** Whether nothing is in flight. */
  get isIdle(): boolean {
    return this.slots.inFlight === 0;
  }

  add(entry: Entry): void {
    this.queue(entry.held.webhookId).add(entry);
  }

  /** Goes on after a time without a lease. */
  advance(): void {
    for (const queue of this.queues.values()) queue.advance();
  }

  /** Forgets the lanes of webhooks that no longer exist, once they have worked off what they hold. */
  keepOnly(exists: (webhookId: string) => boolean): void {
    for (const [webhookId, queue] of this.queues) {
      if (exists(webhookId)) continue;
      queue.advance();
      if (queue.isIdle) this.queues.delete(webhookId);
    }
    this.lanes.keepOnly(exists);
  }

  /** Starts nothing more. */
  close(): void {
    this.closed = true;
    for (const queue of this.queues.values()) queue.close();
  }

  /** Ends what is in flight. */
  async abort(): Promise<void> {
    await this.runner.interrupt();
    for (const queue of this.queues.values()) queue.abort();
  }

  private queue(webhookId: string): LaneQueue {
    let queue = this.queues.get(webhookId);
    if (!queue) {
      queue = new LaneQueue(this.lanes.lane(webhookId), this.around);
      if (this.closed) queue.close();
      this.queues.set(webhookId, queue);
    }
    return queue;
  }
}
