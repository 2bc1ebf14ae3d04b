import { Inject, Injectable } from '@nestjs/common';
import { catchError, map, type Observable, of, throwError } from 'rxjs';
import { Clock } from '../../common/clock.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import type { Permit } from './circuit-breaker.js';
import type { AttemptResult } from '../model/delivery.js';
import { InstanceLease } from '../queue/instance-lease.js';
import { type Outcome, outcomeOf, refused } from '../outcomes/outcome.js';
import { decide, type Decision } from '../model/retry-policy.js';
import { Sender } from '../sending/sender.js';
import type { Endpoint, Pace } from '../model/endpoint.js';
import { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import type { HeldDelivery } from '../model/queued-delivery.js';
import type { Ending, Lane } from './lane.js';
import { Lanes } from './lanes.js';

/** What became of a held delivery. */
export interface Run {
  readonly held: HeldDelivery;
  /** null = it was not worked on: the service stops, the claim is lost, or it is deferred. */
  readonly outcome: Outcome | null;
  /** undefined = there was no attempt. */
  readonly decision?: Decision;
  /** See `Lane.resize`. */
  readonly answered: boolean | null;
  /** It goes back to the graph, to wait there: its lane is closed, or the webhook locked. */
  readonly deferred?: true;
}

/** The service stops, the claim is lost, or something went wrong: others will work on it. */
export function notWorkedOn(held: HeldDelivery): Run {
  return { held, outcome: null, answered: null };
}

function deferred(held: HeldDelivery): Run {
  return { held, outcome: null, answered: null, deferred: true };
}

/** Whether its webhook is, or was in the meantime, switched off: what it was to get then is not sent. */
function isOver(target: Endpoint, { generation }: HeldDelivery): boolean {
  return !target.active || generation < target.generation;
}

/** Why a delivery of this target must not go out; undefined = it may. */
function refusal(target: Endpoint | undefined, held: HeldDelivery): string | undefined {
  if (!target) return 'webhook was deleted';
  return isOver(target, held) && !held.manual ? 'webhook is inactive' : undefined;
}

function endingOf(decision: Decision): Ending {
  switch (decision.kind) {
    case 'retry':
    case 'failed':
    case 'gone':
      return { kind: 'failure' };
    default:
      return decision;
  }
}

/** See `Lane.resize`. Where the format could render nothing, nobody was asked. */
function answered({ responseCode, errorCode }: AttemptResult, { kind }: Decision): boolean | null {
  if (errorCode === 'not_rendered') return null;
  return responseCode !== null && kind !== 'wait';
}

/** One attempt of one delivery: may it go, send, decide. */
@Injectable()
export class AttemptRunner {
  constructor(
    private readonly registry: EndpointRegistry,
    private readonly lease: InstanceLease,
    private readonly sender: Sender,
    private readonly lanes: Lanes,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
  ) {}

  /** What becomes of it when it must not go now; undefined = it may. */
  untried(held: HeldDelivery, lane: Lane): Run | undefined {
    const target = this.registry.get(held.webhookId);
    const reason = refusal(target, held);
    lane.perSecond = target?.pace?.perSecond ?? Infinity;
    if (reason !== undefined) return { held, outcome: refused(held, reason), answered: null };
    if (target?.locked || (!held.manual && !lane.allows)) return deferred(held);
    return held.claimedBy === this.lease.id ? undefined : notWorkedOn(held);
  }

  /** Where its request would go, as the throttle sees it. */
  destination({ webhookId }: HeldDelivery): string {
    return this.registry.get(webhookId)?.destination ?? '';
  }

  /** How fast its requests may follow each other; null = as fast as the throttle allows. */
  pace({ webhookId }: HeldDelivery): Pace | null {
    return this.registry.get(webhookId)?.pace ?? null;
  }

  /** Ends all requests, see `Sender.interrupt`. */
  async interrupt(): Promise<void> {
    await this.sender.interrupt();
  }

  /** Makes the request; to be called in the same turn in which `untried` had nothing against it. */
  attempt(held: HeldDelivery, lane: Lane): Observable<Run> {
    const target = this.registry.get(held.webhookId);
    const permit = held.manual ? 'free' : lane.tryAcquire();
    if (!target || !permit) return of(deferred(held));
    const { id: deliveryId, eventId, event, body, attempts } = held;
    return this.sender
      .send({ deliveryId, eventId, event, body: body.bytes, attempt: attempts + 1, target })
      .pipe(
        map((result) => this.conclude(held, lane, permit, target, result)),
        catchError((error: unknown) => {
          lane.undecided(permit);
          return throwError(() => error);
        }),
      );
  }

  /** A webhook that was switched off or deleted during the attempt gets no other. */
  private conclude(
    held: HeldDelivery,
    lane: Lane,
    permit: Permit,
    target: Endpoint,
    result: AttemptResult,
  ): Run {
    const now = this.registry.get(held.webhookId);
    const goesOn = !held.single && now !== undefined && !isOver(now, held);
    const retry = goesOn ? target.retry : { ...target.retry, maxRetries: 0 };
    const failures = held.attempts + 1 - held.attemptBase;
    const options = { jitter: this.options.retryJitter, random: Math.random };
    const decision = decide(retry, failures, result, options);
    this.lanes.ended(held.webhookId, permit, endingOf(decision));
    const outcome = outcomeOf(held, result, decision, {
      goesOn,
      ...(target.rendering && { format: target.rendering.format.name }),
      recovers: this.options.recoverAfterOutage,
      nowMs: this.clock.steady(),
      pauseMs: lane.pauseMs(),
      askedForMs: lane.askedForMs(),
    });
    return { held, outcome, decision, answered: answered(result, decision) };
  }
}
