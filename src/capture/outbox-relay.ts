import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { SchedulerLike } from 'rxjs';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { SCHEDULER } from '../delivery/lanes/destination-throttle.js';
import { tellUnlessAway } from '../neo4j/graph-errors.js';
import { ChangeRelay } from './change-relay.js';
import { EmissionRelay } from './emission-relay.js';
import { OutboxRepository } from './outbox.neo4j.repository.js';
import { RelayLease } from './relay-lease.js';
import { RelayState } from './relay-state.js';
import { RepeatedLook } from './repeated-look.js';
import { SetAside } from './set-aside.js';

/** Between two looks at an empty outbox: one question to the count store, 0.6 ms. */
const IDLE_MS = 250;
/** Another instance is the relay, or was until now. */
const STAND_BY_MS = 2000;

/**
 * Turns the rows of the outbox into events, each exactly once: an event, its deliveries and the removal of its rows are
 * one transaction.
 */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Outbox');
  private readonly looks = new RepeatedLook();

  constructor(
    private readonly repository: OutboxRepository,
    private readonly emissions: EmissionRelay,
    private readonly changes: ChangeRelay,
    private readonly aside: SetAside,
    private readonly lease: RelayLease,
    private readonly state: RelayState,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    @Inject(SCHEDULER) private readonly scheduler: SchedulerLike,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.options.outbox) return;
    const onError = (error: unknown): void => {
      this.state.failed(error);
      tellUnlessAway(this.logger, 'The outbox could not be looked after', error);
    };
    this.looks.start(() => this.look(), onError, this.scheduler);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.looks.stop();
  }

  /** One look; answers after how many ms the next is due. */
  async look(): Promise<number> {
    if (!(await this.lease.take())) return STAND_BY_MS;
    const { rows, now } = await this.repository.count();
    this.state.looked();
    if (rows === 0) {
      this.changes.rest(now);
      return IDLE_MS;
    }
    const emitted = await this.emissions.look();
    const captured = await this.changes.look(now);
    const taken = emitted.taken + captured.taken;
    if (emitted.found + captured.found < rows && taken === 0) await this.aside.oddRows();
    return taken > 0 ? 0 : Math.min(IDLE_MS, captured.waitMs);
  }
}
