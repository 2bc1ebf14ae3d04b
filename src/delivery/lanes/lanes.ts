import { Inject, Injectable, Logger } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import { Clock } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import type { Permit } from './circuit-breaker.js';
import type { Ending } from './ending.js';
import { Lane, type LaneSettings } from './lane.js';

/** The lanes of all webhooks, in the memory of this instance. One that nothing is known of is open and one request wide. */
@Injectable()
export class Lanes {
  private readonly logger = new Logger(Lanes.name);
  private readonly lanes = new Map<string, Lane>();
  private readonly releases = new Subject<string>();
  private readonly turns = new Subject<string>();
  private readonly settings: LaneSettings;

  constructor(@Inject(WEBHOOKS_OPTIONS) options: WebhooksOptions, clock: Clock) {
    this.settings = {
      threshold: options.breakerThreshold,
      maxPauseMs: options.breakerMaxPauseSeconds * 1000,
      jitter: options.retryJitter,
      throttlePerSecond: options.maxRequestsPerSecond || Infinity,
      widest: options.deliveryConcurrencyPerWebhook,
      now: () => clock.monotonic(),
      random: Math.random,
    };
  }

  /** Emits a webhook that need not wait any longer. */
  get released$(): Observable<string> {
    return this.releases.asObservable();
  }

  /** Emits a webhook whose breaker has opened or closed. */
  get turned$(): Observable<string> {
    return this.turns.asObservable();
  }

  /** How many breakers are open. */
  get openBreakers(): number {
    let count = 0;
    for (const { breaker } of this.lanes.values()) if (breaker.isOpen) count += 1;
    return count;
  }

  /** What is known of a lane; undefined = nothing. */
  known(webhookId: string): Lane | undefined {
    return this.lanes.get(webhookId);
  }

  lane(webhookId: string): Lane {
    let lane = this.lanes.get(webhookId);
    if (!lane) this.lanes.set(webhookId, (lane = new Lane(this.settings)));
    return lane;
  }

  /** ms until the next attempt may go; 0 = now. */
  waitMs(webhookId: string): number {
    return Math.ceil(this.lanes.get(webhookId)?.waitMs() ?? 0);
  }

  /** How an attempt ended that was let through, or that passed by because a person asked for it. */
  ended(webhookId: string, permit: Permit, ending: Ending): void {
    const lane = this.lane(webhookId);
    switch (lane.ended(permit, ending)) {
      case 'opened':
        this.logger.warn(
          `Webhook ${webhookId} failed ${this.settings.threshold} times in a row; only probes go out from now`,
        );
        this.turns.next(webhookId);
        return;
      case 'blocked':
        this.logger.warn(
          `Webhook ${webhookId} is refused until somebody repairs it or its receiver; only probes go out from now`,
        );
        this.turns.next(webhookId);
        return;
      case 'closed':
        this.logger.log(`Webhook ${webhookId} answers again; what waited for it goes out`);
        this.releases.next(webhookId);
        this.turns.next(webhookId);
        return;
      case 'paused':
        this.logger.debug(
          `Webhook ${webhookId} asks to wait, for ${Math.ceil(lane.pause.leftMs)} ms from now`,
        );
        return;
      default:
    }
  }

  /** After a start: webhooks that were failing before get a probe first. */
  openBreakersOf(webhookIds: readonly string[]): void {
    for (const webhookId of webhookIds) this.lane(webhookId).breaker.open();
  }

  /** Somebody expects the endpoint to work: the next probe need not wait. */
  hasten(webhookId: string): void {
    const lane = this.lanes.get(webhookId);
    if (!lane?.breaker.isOpen) return;
    lane.breaker.hasten();
    this.releases.next(webhookId);
  }

  /** Its endpoint is another one, or was repaired: what was known of it is over. */
  reset(webhookId: string): void {
    if (this.lanes.get(webhookId)?.reset()) this.releases.next(webhookId);
  }

  /** Forgets the webhooks that no longer exist, once nothing of them is in flight. */
  keepOnly(exists: (webhookId: string) => boolean): void {
    for (const [webhookId, lane] of this.lanes)
      if (lane.window.inFlight === 0 && !exists(webhookId)) this.lanes.delete(webhookId);
  }
}
