import { Inject, Injectable } from '@nestjs/common';
import {
  defaultIfEmpty,
  defer,
  filter,
  map,
  Observable,
  of,
  startWith,
  switchMap,
  take,
  takeUntil,
  tap,
} from 'rxjs';
import { Clock } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import { CircuitBreakers } from '../breaker/circuit-breakers.js';
import { InstanceLease } from '../instances/instance-lease.js';
import { outcomeOf, refused } from '../outcomes/outcome-of.js';
import type { Outcome } from '../outcomes/outcome.js';
import { isSuccess, type Decision } from '../retry/retry-policy.js';
import { Sender } from '../sending/sender.js';
import type { Target } from '../sending/target.js';
import { SubscriptionRegistry } from '../subscriptions/subscription-registry.js';
import { DestinationThrottle } from '../throttle/destination-throttle.js';
import type { HeldDelivery } from './held-delivery.js';
import type { StopSignal } from './stop-signal.js';

/**
 * What became of a held delivery. `outcome` null = it was not worked on: the service stops, the claim is lost, the
 * webhook is locked, or its breaker is open.
 */
export interface Run {
  readonly held: HeldDelivery;
  readonly outcome: Outcome | null;
  /** undefined = there was no attempt. */
  readonly decision?: Decision;
  /** Whether the receiver gave an HTTP answer, of whatever status; null = it was not asked. */
  readonly answered: boolean | null;
  /** It goes back to the graph, to wait there: the breaker is open, or the webhook locked. */
  readonly barred?: true;
}

function barred(held: HeldDelivery): Run {
  return { held, outcome: null, answered: null, barred: true };
}

/** Why a delivery of this target must not go out; undefined = it may. */
function refusal(target: Target | undefined, held: HeldDelivery): string | undefined {
  if (!target) return 'webhook was deleted';
  if (!target.active && !held.manual) return 'webhook is inactive';
  return undefined;
}

/** One attempt of one delivery: past the breaker, wait for the lease and the throttle, send, decide. */
@Injectable()
export class AttemptRunner {
  constructor(
    private readonly registry: SubscriptionRegistry,
    private readonly lease: InstanceLease,
    private readonly throttle: DestinationThrottle,
    private readonly sender: Sender,
    private readonly breakers: CircuitBreakers,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** One emission, no errors. Whatever has not started when the stop is requested is left alone. */
  run(held: HeldDelivery, stop: StopSignal): Observable<Run> {
    const untouched: Run = { held, outcome: null, answered: true };
    return defer(() => {
      const target = this.registry.get(held.webhookId);
      const reason = refusal(target, held);
      if (!target || reason !== undefined) return of(this.refuse(held, reason));
      if (target.locked || (!held.manual && !this.breakers.lets(held.webhookId))) return of(barred(held));
      if (stop.isRequested) return of(untouched);
      // Nothing to wait for: the operators below would be for nothing, and cost.
      if (this.throttle.isOff && this.lease.isHeld()) return this.whenClaimed(held, untouched);
      return of(held).pipe(
        this.throttle.throttle(target.destination, held.webhookId),
        switchMap(() => this.whenLeaseIsHeld()),
        takeUntil(stop.requested$),
        take(1),
        switchMap(() => this.whenClaimed(held, untouched)),
        defaultIfEmpty(untouched),
      );
    });
  }

  private whenClaimed(held: HeldDelivery, untouched: Run): Observable<Run> {
    return held.claimedBy === this.lease.id ? this.attempt(held) : of(untouched);
  }

  private whenLeaseIsHeld(): Observable<unknown> {
    return this.lease.renewed$.pipe(
      startWith(undefined),
      filter(() => this.lease.isHeld()),
    );
  }

  /** Webhook and breaker are looked at again: they may have changed during the wait. */
  private attempt(held: HeldDelivery): Observable<Run> {
    const target = this.registry.get(held.webhookId);
    const reason = refusal(target, held);
    if (!target || reason !== undefined) return of(this.refuse(held, reason));
    if (target.locked) return of(barred(held));
    const passage = held.manual ? 'free' : this.breakers.pass(held.webhookId);
    if (!passage) return of(barred(held));
    const { id: deliveryId, eventId, event, body, attempts } = held;
    return this.sender
      .send({ deliveryId, eventId, event, body: body.bytes, attempt: attempts + 1, target })
      .pipe(
        tap(({ responseCode }) => this.breakers.report(held.webhookId, passage, isSuccess(responseCode))),
        map((result) => this.conclude(held, target, result)),
      );
  }

  private conclude(held: HeldDelivery, { retry }: Target, result: Parameters<typeof outcomeOf>[1]): Run {
    const circumstances = {
      retry,
      jitter: this.options.retryJitter,
      random: Math.random,
      nowMs: this.clock.steady(),
    };
    return { held, ...outcomeOf(held, result, circumstances), answered: result.responseCode !== null };
  }

  private refuse(held: HeldDelivery, reason = 'webhook was deleted'): Run {
    return { held, outcome: refused(held, reason), answered: true };
  }
}
