import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../config/service-options.js';
import { Dispatcher } from '../delivery/lanes/dispatcher.js';
import { DueWork } from '../delivery/lanes/due-work.js';
import { EventRecorder } from '../events/event-recorder.js';
import { Heartbeats } from './heartbeats.js';
import { Housekeeping } from './housekeeping.js';
import { WarmUp } from './warm-up.js';

/** A stop waits at most this long for requests in flight; the rest goes back to the graph. */
const MAX_DRAIN_MS = 20_000;

/** Starts and stops the delivery engine: lease first, then work; on the way down the other way round. */
@Injectable()
export class DeliveryEngine implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private running = false;

  constructor(
    private readonly heartbeats: Heartbeats,
    private readonly dispatcher: Dispatcher,
    private readonly dueWork: DueWork,
    private readonly recorder: EventRecorder,
    private readonly housekeeping: Housekeeping,
    private readonly warmUp: WarmUp,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.heartbeats.register();
    this.running = true;
    await this.housekeeping.prepare();
    await this.warmUp.beforeReadiness();
    this.dispatcher.start();
    this.dueWork.start();
    this.housekeeping.start();
    this.warmUp.start();
    this.heartbeats.start();
  }

  /** Whether what keeps deliveries going has ended, although nobody asked for it. */
  get hasDied(): boolean {
    const { isBeating } = this.heartbeats;
    return this.running && isBeating !== undefined && !(isBeating && this.dueWork.isRunning);
  }

  /** Nothing new is started, what is in flight may end, what is held goes back to the graph. */
  async beforeApplicationShutdown(): Promise<void> {
    if (!this.running) return;
    this.running = false;
    this.warmUp.stop();
    this.housekeeping.stop();
    this.dispatcher.holdNothingNew();
    await Promise.all([this.dueWork.stop(), this.recorder.close()]);
    await this.dispatcher.close(Math.min(this.options.deliveryTimeoutSeconds * 1000, MAX_DRAIN_MS));
    await this.heartbeats.end();
  }
}
