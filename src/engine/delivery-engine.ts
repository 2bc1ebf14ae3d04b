import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
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
import { DeliveryMetrics, NoMetrics } from '../common/metrics/delivery-metrics.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { StrayClaimReaper } from '../delivery/lanes/stray-claim-reaper.js';
import { Dispatcher } from '../delivery/lanes/dispatcher.js';
import { DueWork } from '../delivery/lanes/due-work.js';
import { MemoryBudget } from '../delivery/lanes/memory-budget.js';
import { Lanes } from '../delivery/lanes/lanes.js';
import { PauseWatch } from '../delivery/lanes/pause-watch.js';
import { SlotPool } from '../delivery/lanes/slot-pool.js';
import { EventRecorder } from '../events/event-recorder.js';
import { FailingWatch } from '../history/failing/failing-watch.js';
import { HistorySweeper } from '../history/eviction/history-sweeper.js';
import { HEARTBEAT_MS, InstanceLease } from '../delivery/queue/instance-lease.js';
import { DeliveryLog } from '../history/log/delivery-log.neo4j.repository.js';
import { WarmUp } from './warm-up.js';
import { SCHEDULER } from '../delivery/lanes/destination-throttle.js';

/** A stop waits at most this long for requests in flight; the rest goes back to the graph. */
const MAX_DRAIN_MS = 20_000;

/** A Neo4j that was just started may need longer for its first write than a heartbeat may take. */
const BOOT_PATIENCE_MS = 30_000;

/** Starts and stops the delivery engine: lease first, then work; on the way down the other way round. */
@Injectable()
export class DeliveryEngine implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(DeliveryEngine.name);
  private beats: Subscription | undefined;
  private running = false;

  constructor(
    private readonly lease: InstanceLease,
    private readonly dispatcher: Dispatcher,
    private readonly dueWork: DueWork,
    private readonly sweeper: HistorySweeper,
    private readonly audit: StrayClaimReaper,
    private readonly held: MemoryBudget,
    private readonly recorder: EventRecorder,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    @Inject(SCHEDULER) private readonly scheduler: SchedulerLike,
    private readonly slots: SlotPool,
    private readonly log: DeliveryLog,
    private readonly lanes: Lanes,
    private readonly failing: FailingWatch,
    private readonly pauses: PauseWatch,
    private readonly warmUp: WarmUp,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.lease.acquire(BOOT_PATIENCE_MS);
    this.running = true;
    this.metrics.gauge('in_flight', () => this.slots.inFlight);
    this.metrics.gauge('held', () => this.held.size);
    this.metrics.gauge('open_breakers', () => this.lanes.openBreakers);
    this.metrics.gauge('backlog', async () => (await this.log.statistics()).pendingDeliveries);
    await this.failing.prime();
    await this.pauses.start();
    await this.warmUp.beforeReadiness();
    this.dispatcher.start();
    this.dueWork.start();
    this.sweeper.start();
    this.failing.start();
    this.audit.start();
    this.warmUp.start();
    // The first one at once: what a predecessor left behind is seen a second earlier.
    this.beats = this.heartbeats().subscribe();
  }

  /** One that has no answer holds up no other, and neither does what is done about their answers. */
  private heartbeats(): Observable<void> {
    return timer(0, HEARTBEAT_MS, this.scheduler).pipe(
      filter(() => this.lease.mayBeat),
      mergeMap(() => this.lease.beat()),
      exhaustMap((answer) => (answer ? this.lease.follow(answer) : EMPTY)),
    );
  }

  /** Whether what keeps deliveries going has ended, although nobody asked for it. */
  get hasDied(): boolean {
    return this.running && this.beats !== undefined && (this.beats.closed || !this.dueWork.isRunning);
  }

  /** Nothing new is started, what is in flight may end, what is held goes back to the graph. */
  async beforeApplicationShutdown(): Promise<void> {
    if (!this.running) return;
    this.running = false;
    this.warmUp.stop();
    this.sweeper.stop();
    this.failing.stop();
    this.pauses.stop();
    this.audit.stop();
    this.held.close();
    await Promise.all([this.dueWork.stop(), this.recorder.close()]);
    await this.dispatcher.close(Math.min(this.options.deliveryTimeoutSeconds * 1000, MAX_DRAIN_MS));
    this.beats?.unsubscribe();
    await this.lease.giveUp().catch((error: unknown) => {
      this.logger.warn(`Claims could not be handed back, others take them over: ${String(error)}`);
    });
  }
}
