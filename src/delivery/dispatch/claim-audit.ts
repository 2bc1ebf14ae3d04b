import { Inject, Injectable, Logger } from '@nestjs/common';
import type { SchedulerLike, Subscription } from 'rxjs';
import { Clock, toTimestamp } from '../../common/clock.js';
import { InstanceLease } from '../instances/instance-lease.js';
import { repeatWhenDue } from '../operators/repeat-when-due.js';
import { SCHEDULER } from '../throttle/destination-throttle.js';
import { ClaimsUnderWay } from './claims-under-way.js';
import { Dispatcher } from './dispatcher.js';
import { DueTimes } from './due-times.js';
import { WorkRepository } from './work.repository.js';

const AUDIT_MS = 30_000;

/**
 * Finds claims that nobody works on: the commit of a claim succeeded, but its answer was lost, or it came too late for
 * the takeover of its instance. Looks every half minute, and at once when the graph answers again.
 */
@Injectable()
export class ClaimAudit {
  private readonly logger = new Logger(ClaimAudit.name);
  private subscription: Subscription | undefined;

  constructor(
    private readonly repository: WorkRepository,
    private readonly dispatcher: Dispatcher,
    private readonly underWay: ClaimsUnderWay,
    private readonly dueTimes: DueTimes,
    private readonly lease: InstanceLease,
    private readonly clock: Clock,
    @Inject(SCHEDULER) private readonly scheduler: SchedulerLike,
  ) {}

  start(): void {
    const onError = (error: unknown): void => {
      this.logger.warn(`Claims could not be audited: ${String(error)}`);
    };
    const task = async (): Promise<number> => {
      await this.audit();
      return AUDIT_MS;
    };
    this.subscription = repeatWhenDue(task, this.lease.recovered$, onError, this.scheduler).subscribe();
  }

  stop(): void {
    this.subscription?.unsubscribe();
  }

  /** One audit; answers how many claims went back to the queue. */
  async audit(): Promise<number> {
    return (await this.releaseStray()) + (await this.lease.releaseOrphans());
  }

  /**
   * Claimed by this instance and not held, although every claim that was under way has its answer: lost. The release
   * is bound to the number of attempts, so that one which ended and was claimed again meanwhile keeps its claim.
   */
  private async releaseStray(): Promise<number> {
    const instanceId = this.lease.id;
    const claimed = await this.repository.claimedBy(instanceId);
    await this.underWay.settled();
    const stray = claimed.filter(({ id }) => !this.dispatcher.holds(id));
    if (stray.length === 0) return 0;
    const now = this.clock.steady();
    const released = await this.repository.release(stray, instanceId, toTimestamp(now));
    if (released === 0) return 0;
    for (const { webhookId } of stray) this.dueTimes.note(webhookId, now);
    this.logger.warn(`${released} deliveries were claimed but not held; they are due again`);
    return released;
  }
}
