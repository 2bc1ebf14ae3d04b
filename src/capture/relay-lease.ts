import { Inject, Injectable } from '@nestjs/common';
import type { SchedulerLike } from 'rxjs';
import { SCHEDULER } from '../common/rxjs/scheduler.js';
import { InstanceLease } from '../delivery/queue/instance-lease.js';
import { OutboxRepository } from './outbox.neo4j.repository.js';

/** How long it is believed without asking. */
const TERM_MS = 2000;

/** One instance looks after the outbox; two would only lose races to each other. */
@Injectable()
export class RelayLease {
  private heldUntil = 0;

  constructor(
    private readonly repository: OutboxRepository,
    private readonly instance: InstanceLease,
    @Inject(SCHEDULER) private readonly scheduler: SchedulerLike,
  ) {}

  /** Whether this instance was the relay when it last asked, shortly ago. */
  get isHeld(): boolean {
    return this.scheduler.now() < this.heldUntil + TERM_MS;
  }

  async take(): Promise<boolean> {
    const now = this.scheduler.now();
    if (now < this.heldUntil) return true;
    if (!(await this.repository.takeRelay(this.instance.id))) return false;
    this.heldUntil = now + TERM_MS;
    return true;
  }
}
