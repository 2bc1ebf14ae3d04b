import { Inject, Injectable, Logger } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import { Clock } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { CircuitBreaker, type BreakerSettings, type Passage } from './circuit-breaker.js';

/**
 * One breaker for each webhook, in the memory of this instance. Only webhooks whose last attempt failed have one:
 * for all others the question costs a look into a map that is mostly empty.
 */
@Injectable()
export class CircuitBreakers {
  private readonly logger = new Logger(CircuitBreakers.name);
  private readonly breakers = new Map<string, CircuitBreaker>();
  private readonly releases = new Subject<string>();
  private readonly settings: BreakerSettings;

  constructor(@Inject(WEBHOOKS_OPTIONS) options: WebhooksOptions, clock: Clock) {
    this.settings = {
      threshold: options.breakerThreshold,
      maxPauseMs: options.breakerMaxPauseSeconds * 1000,
      jitter: options.retryJitter,
      now: () => clock.monotonic(),
      random: Math.random,
    };
  }

  /** Emits a webhook that need not wait any longer. */
  get released$(): Observable<string> {
    return this.releases.asObservable();
  }

  /** Breakers that are open. */
  get openCount(): number {
    let count = 0;
    for (const breaker of this.breakers.values()) if (!breaker.isClosed) count += 1;
    return count;
  }

  isClosed(webhookId: string): boolean {
    return this.breakers.get(webhookId)?.isClosed ?? true;
  }

  /** Whether an attempt may go now, be it as a probe. */
  lets(webhookId: string): boolean {
    return this.breakers.get(webhookId)?.lets ?? true;
  }

  /** ms until the next probe may go; 0 = now, or none is needed. */
  waitMs(webhookId: string): number {
    return Math.ceil(this.breakers.get(webhookId)?.waitMs() ?? 0);
  }

  /** Asks for one attempt; undefined = not now. Each one that passes must be followed by `report`. */
  pass(webhookId: string): Passage | undefined {
    const breaker = this.breakers.get(webhookId);
    return breaker ? breaker.pass() : 'free';
  }

  /** How an attempt ended that was let through, or that passed by because a person asked for it. */
  report(webhookId: string, passage: Passage, succeeded: boolean): void {
    if (succeeded) this.close(webhookId);
    else if (this.breaker(webhookId).failed(passage)) {
      const { threshold } = this.settings;
      this.logger.warn(
        `Webhook ${webhookId} failed ${threshold} times in a row; only probes go out from now`,
      );
    }
  }

  /** After a start: webhooks that were failing before get a probe first. */
  openAll(webhookIds: readonly string[]): void {
    for (const webhookId of webhookIds) this.breaker(webhookId).open();
  }

  /** Somebody expects the endpoint to work: the next probe need not wait. */
  hasten(webhookId: string): void {
    const breaker = this.breakers.get(webhookId);
    if (!breaker || breaker.isClosed) return;
    breaker.hasten();
    this.releases.next(webhookId);
  }

  /** Its endpoint is another one, or was repaired: what was known of it is over. */
  reset(webhookId: string): void {
    if (this.breakers.delete(webhookId)) this.releases.next(webhookId);
  }

  /** Forgets the webhooks that no longer exist. */
  keepOnly(exists: (webhookId: string) => boolean): void {
    for (const webhookId of this.breakers.keys()) if (!exists(webhookId)) this.breakers.delete(webhookId);
  }

  private close(webhookId: string): void {
    const breaker = this.breakers.get(webhookId);
    if (!breaker) return;
    this.breakers.delete(webhookId);
    if (!breaker.succeeded()) return;
    this.logger.log(`Webhook ${webhookId} answers again; what waited for it goes out`);
    this.releases.next(webhookId);
  }

  private breaker(webhookId: string): CircuitBreaker {
    let breaker = this.breakers.get(webhookId);
    if (!breaker) this.breakers.set(webhookId, (breaker = new CircuitBreaker(this.settings)));
    return breaker;
  }
}
