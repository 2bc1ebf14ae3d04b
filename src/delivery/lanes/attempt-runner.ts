import { Inject, Injectable, Optional } from '@nestjs/common';
import { catchError, map, type Observable, of, throwError } from 'rxjs';
import { Clock } from '../../common/clock.js';
import { newId } from '../../common/new-id.js';
import { NoTracing, Tracing, type Facts, type Work } from '../../common/tracing/tracing.js';
import { WEBHOOKS_OPTIONS, type WebhooksOptions } from '../../config/service-options.js';
import type { Permit } from './circuit-breaker.js';
import { InstanceLease } from '../queue/instance-lease.js';
import { type Circumstances, type Outcome, outcomeOf, refused } from '../outcomes/outcome.js';
import type { AttemptResult } from '../model/delivery.js';
import { decide, type Decision } from '../model/retry-policy.js';
import type { Fate } from '../sending/group-request.js';
import { Sender } from '../sending/sender.js';
import type { Endpoint, OutboundAttempt } from '../model/endpoint.js';
import { EndpointRegistry } from '../endpoints/endpoint-registry.js';
import type { HeldDelivery } from '../model/queued-delivery.js';
import { endingOfAll, hasAnswered, type Decided } from './ending.js';
import type { Lane } from './lane.js';
import { Lanes } from './lanes.js';

/** Deliveries of one webhook in one request: one, mostly. */
export type Together = readonly [HeldDelivery, ...HeldDelivery[]];

/** What became of a held delivery. */
export interface Run {
  readonly held: HeldDelivery;
  /** null = it was not worked on: the service stops, the claim is lost, or it is deferred. */
  readonly outcome: Outcome | null;
  /** undefined = there was no attempt. */
  readonly decision?: Decision;
  /** See `Window.resize`. */
  readonly answered: boolean | null;
  /** It goes back to the graph, to wait there: its lane is closed, or the webhook locked. */
  readonly deferred?: true;
  /**
   * It goes back to its lane, at once: the request that it shared says nothing of it. `split`: because that was refused
   * as a whole.
   */
  readonly again?: 'again' | 'split';
}

/** The service stops, the claim is lost, or something went wrong: others will work on it. */
export function notWorkedOn(held: HeldDelivery): Run {
  return { held, outcome: null, answered: null };
}

function deferred(held: HeldDelivery): Run {
  return { held, outcome: null, answered: null, deferred: true };
}

/** Whether its webhook is, or was in the meantime, switched off: what it was to get then is not sent. */
function isOver(endpoint: Endpoint, { generation }: HeldDelivery): boolean {
  return !endpoint.active || generation < endpoint.generation;
}

/** Why a delivery of this endpoint must not go out; undefined = it may. */
function refusal(endpoint: Endpoint | undefined, held: HeldDelivery): string | undefined {
  if (!endpoint) return 'webhook was deleted';
  return isOver(endpoint, held) && !held.manual ? 'webhook is inactive' : undefined;
}

/** What one request goes with. */
interface Way {
  readonly lane: Lane;
  readonly permit: Permit;
  readonly endpoint: Endpoint;
}

function toAttempt(
  { id: deliveryId, eventId, event, body, attempts }: HeldDelivery,
  endpoint: Endpoint,
  traceparent: string | null,
): OutboundAttempt {
  return { deliveryId, eventId, event, body: body.bytes, attempt: attempts + 1, traceparent, endpoint };
}

/** What a span tells of an answer; nothing that the receiver wrote. */
function factsOf(fate: Fate): Facts {
  return typeof fate === 'string'
    ? {}
    : { 'http.response.status_code': fate.responseCode, error: fate.errorCode };
}

/** One attempt: may it go, send, decide. */
@Injectable()
export class AttemptRunner {
  constructor(
    private readonly registry: EndpointRegistry,
    private readonly lease: InstanceLease,
    private readonly sender: Sender,
    private readonly lanes: Lanes,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_OPTIONS) private readonly options: WebhooksOptions,
    @Optional() private readonly tracing: Tracing = new NoTracing(),
  ) {}

  /** What becomes of it when it must not go now; undefined = it may. Shows the lane its webhook. */
  untried(held: HeldDelivery, lane: Lane): Run | undefined {
    const endpoint = this.registry.get(held.webhookId);
    const reason = refusal(endpoint, held);
    lane.endpoint = endpoint;
    if (reason !== undefined) return { held, outcome: refused(held, reason), answered: null };
    if (endpoint?.locked || lane.defers(held.manual)) return deferred(held);
    return held.claimedBy === this.lease.id ? undefined : notWorkedOn(held);
  }

  /** Ends all requests, see `Sender.interrupt`. */
  async interrupt(): Promise<void> {
    await this.sender.interrupt();
  }

  /**
   * Makes the request, for one delivery or for several of one lane; to be called in the same turn in which `untried` had
   * nothing against them. What becomes of each, in order.
   */
  attempt(together: Together, lane: Lane): Observable<readonly Run[]> {
    const [first] = together;
    const endpoint = this.registry.get(first.webhookId);
    const permit = first.manual ? 'free' : lane.tryAcquire();
    if (!endpoint || !permit) return of(together.map(deferred));
    const works = together.map((held) => this.trace(held, endpoint));
    return this.request(together, { lane, permit, endpoint }, works).pipe(
      catchError((error: unknown) => {
        lane.breaker.undecided(permit);
        return throwError(() => error);
      }),
    );
  }

  /** Of several traces a request belongs to none. */
  private request(
    together: Together,
    way: Way,
    works: readonly (Work | undefined)[],
  ): Observable<readonly Run[]> {
    const [first, ...others] = together;
    const grouping = way.endpoint.rendering?.grouping;
    const conclude = (fates: readonly Fate[], digestId?: string): readonly Run[] => {
      works.forEach((work, n) => work?.end(factsOf(fates[n] ?? 'again')));
      return this.conclude(together, way, fates, digestId);
    };
    if (others.length === 0 || !grouping)
      return this.sender
        .send(toAttempt(first, way.endpoint, this.sentAlong(works[0])))
        .pipe(map((result) => conclude([result])));
    const digestId = grouping.kind === 'digest' ? newId() : undefined;
    return this.sender
      .sendTogether(
        together.map((held) => toAttempt(held, way.endpoint, null)),
        grouping,
      )
      .pipe(map((fates) => conclude(fates, digestId)));
  }

  private conclude(together: Together, way: Way, fates: readonly Fate[], digestId?: string): readonly Run[] {
    const { endpoint, permit } = way;
    const webhook = this.registry.get(endpoint.webhookId);
    const decided = together.map((held, n) => {
      const goesOn = !held.single && webhook !== undefined && !isOver(webhook, held);
      return this.decided(held, way, goesOn, fates[n] ?? 'again');
    });
    const answered = hasAnswered(decided);
    this.lanes.ended(endpoint.webhookId, permit, endingOfAll(decided));
    return decided.map((one) => {
      if ('again' in one) return { held: one.held, outcome: null, answered, again: one.again };
      const { held, result, decision, goesOn } = one;
      const outcome = outcomeOf(held, result, decision, this.circumstances(way, goesOn, digestId));
      return { held, outcome, decision, answered };
    });
  }

  private sentAlong(work: Work | undefined): string | null {
    return this.options.tracePropagation ? (work?.traceparent ?? null) : null;
  }

  /** undefined = its event belongs to no trace. */
  private trace(held: HeldDelivery, { webhookId, destination }: Endpoint): Work | undefined {
    const { id: deliveryId, eventId, body, attempts } = held;
    if (body.traceparent === null) return undefined;
    const facts = { webhookId, deliveryId, eventId, attempt: attempts + 1, destination };
    return this.tracing.deliver(facts, body.traceparent);
  }

  /** A webhook that was switched off or deleted during the attempt gets no other. */
  private decided(held: HeldDelivery, { endpoint, lane }: Way, goesOn: boolean, fate: Fate): Decided {
    if (typeof fate === 'string') return { held, again: fate };
    const retry = goesOn ? endpoint.retry : { ...endpoint.retry, maxRetries: 0 };
    const failures = held.attempts + 1 - held.attemptBase;
    const options = { jitter: this.options.retryJitter, random: Math.random };
    const decision = decide(retry, failures, fate, options);
    if (decision.kind !== 'blocked' || !lane.isBlockedAlone(held.id))
      return { held, goesOn, result: fate, decision };
    // Nobody would repair what is right for the others.
    const result: AttemptResult = { ...fate, interpretation: { ...fate.interpretation, outcome: 'retry' } };
    return { held, goesOn, result, decision: decide(retry, failures, result, options) };
  }

  private circumstances(
    { lane, endpoint, permit }: Way,
    goesOn: boolean,
    digestId: string | undefined,
  ): Circumstances {
    return {
      goesOn,
      isProbe: permit === 'probe',
      format: endpoint.rendering?.format.name,
      digestId,
      recovers: this.options.recoverAfterOutage,
      nowMs: this.clock.steady(),
      pauseMs: lane.pause.leftMs,
      askedForMs: lane.pause.askedForMs,
    };
  }
}
