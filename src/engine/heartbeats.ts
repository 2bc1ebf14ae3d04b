import { Inject, Injectable, Logger } from '@nestjs/common';
import {
  EMPTY,
  exhaustMap,
  filter,
  mergeMap,
  type Observable,
  type SchedulerLike,
  type Subscription,
  timer,
} from 'rxjs';
import { SCHEDULER } from '../common/rxjs/scheduler.js';
import { HEARTBEAT_MS, InstanceLease } from '../delivery/queue/instance-lease.js';
import { BootGuard } from '../neo4j/boot-guard.js';
import { BOOT_PATIENCE_MS } from '../neo4j/open-driver.js';

/** Keeps the lease of this instance from its registration to its farewell. */
@Injectable()
export class Heartbeats {
  private readonly logger = new Logger(Heartbeats.name);
  private beats: Subscription | undefined;

  constructor(
    private readonly lease: InstanceLease,
    private readonly boot: BootGuard,
    @Inject(SCHEDULER) private readonly scheduler: SchedulerLike,
  ) {}

  /** undefined = they were not started. */
  get isBeating(): boolean | undefined {
    return this.beats && !this.beats.closed;
  }

  async register(): Promise<void> {
    await this.boot.during(() => this.lease.acquire(BOOT_PATIENCE_MS));
  }

  /** The first one at once: what a predecessor left behind is seen a second earlier. */
  start(): void {
    this.beats = this.heartbeats().subscribe();
  }

  /** What is still claimed goes back to the queue. */
  async end(): Promise<void> {
    this.beats?.unsubscribe();
    await this.lease.giveUp().catch((error: unknown) => {
      this.logger.warn(`Claims could not be handed back, others take them over: ${String(error)}`);
    });
  }

  /** One that has no answer holds up no other, and neither does what is done about their answers. */
  private heartbeats(): Observable<void> {
    return timer(0, HEARTBEAT_MS, this.scheduler).pipe(
      filter(() => this.lease.mayBeat),
      mergeMap(() => this.lease.beat()),
      exhaustMap((answer) => (answer ? this.lease.follow(answer) : EMPTY)),
    );
  }
}
