import { Injectable, Logger } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import { InstanceLease } from '../instances/instance-lease.js';
import { Dispatcher } from './dispatcher.js';
import { WorkRepository } from './work.repository.js';

/**
 * Finds claims that nobody works on: the commit of a claim succeeded, but its answer was lost. What is claimed by
 * this instance but not held in two audits in a row goes back to the queue.
 */
@Injectable()
export class ClaimAudit {
  private readonly logger = new Logger(ClaimAudit.name);
  private suspects = new Set<string>();

  constructor(
    private readonly repository: WorkRepository,
    private readonly dispatcher: Dispatcher,
    private readonly lease: InstanceLease,
    private readonly clock: Clock,
  ) {}

  /** One audit; answers how many claims went back. */
  async audit(): Promise<number> {
    const instanceId = this.lease.id;
    const claimed = await this.repository.claimedBy(instanceId);
    const stray = claimed.filter((id) => !this.dispatcher.holds(id));
    const proven = stray.filter((id) => this.suspects.has(id));
    this.suspects = new Set(stray);
    if (proven.length === 0) return 0;
    const released = await this.repository.release(proven, instanceId, toTimestamp(this.clock.steady()));
    this.logger.warn(`${released} deliveries were claimed but not held; they are due again`);
    return released;
  }
}
