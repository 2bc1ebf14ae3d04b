import type { EventBody } from '../model/event-body.js';
import type { HeldDelivery } from '../model/held-delivery.js';

/** How many due deliveries of a webhook are wanted. */
export interface Demand {
  readonly webhookId: string;
  readonly count: number;
}

/** A delivery that is due, with the length of its body. */
export interface DueDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly bytes: number;
}

/** One that is to be claimed. */
export interface Wanted extends DueDelivery {
  /** The body, if it is in memory already: it is not read again. */
  readonly body: EventBody | undefined;
}

/** When the first waiting delivery of a webhook is due. */
export interface NextDue {
  readonly webhookId: string;
  /** RFC 3339. */
  readonly at: string;
}

/** A claim as the graph knows it. */
export interface Claim {
  readonly id: string;
  readonly webhookId: string;
  /** Attempts that were recorded when it was read. */
  readonly attempts: number;
}

/** A webhook that asked to wait. Times are RFC 3339. */
export interface Pause {
  readonly webhookId: string;
  readonly until: string;
  /** Since when it has asked for nothing else. */
  readonly since: string;
}

/** Why a delivery cannot be taken for a manual retry. */
export type ClaimRefusal = 'not-found' | 'not-retryable' | 'not-registered';

/** A delivery that nobody would ever have looked for. */
export interface Stray {
  readonly id: string;
  readonly webhookId: string;
}

/** Of one webhook and one state: what was found among the deliveries that were looked at. */
export interface StrayPage {
  readonly webhookId: string;
  readonly status: string;
  /** The id after which the next page begins; null = all were looked at. */
  readonly next: string | null;
  readonly strays: readonly string[];
}

/** The queue in the graph. */
export abstract class WorkRepository {
  /** Due deliveries, those of each webhook by the time at which they are due. */
  abstract due(demands: readonly Demand[], now: string): Promise<DueDelivery[]>;
  /** Claims those that are still due; two instances never get the same one. */
  abstract claim(wanted: readonly Wanted[], now: string, instanceId: string): Promise<HeldDelivery[]>;
  /** Claims one delivery that has failed or waits for its retry, and begins a new retry schedule. */
  abstract claimForRetry(deliveryId: string, instanceId: string): Promise<HeldDelivery | ClaimRefusal>;
  /** The first due time of each of these webhooks that has waiting deliveries. */
  abstract nextDue(webhookIds: readonly string[]): Promise<NextDue[]>;
  /** Webhooks that were deleted and may still have deliveries. */
  abstract deletedWebhooks(): Promise<string[]>;
  /** All deliveries that an instance has claimed. */
  abstract claimedBy(instanceId: string): Promise<Claim[]>;
  /** The webhooks that pause at `now`. */
  abstract pauses(now: string): Promise<Pause[]>;
  abstract endPause(webhookId: string): Promise<void>;
  /** Gives claims back to the queue in the place that they had there. */
  abstract giveBack(deliveryIds: readonly string[], instanceId: string, now: string): Promise<void>;
  /** Gives single claims back to the queue, unless an attempt was recorded since they were read; answers how many. */
  abstract release(
    claims: readonly Pick<Claim, 'id' | 'attempts'>[],
    instanceId: string,
    now: string,
  ): Promise<number>;
  /** All webhooks that may have deliveries: deleted ones as well, and those that somebody took out of the graph. */
  abstract webhooksWithWork(): Promise<string[]>;
  /**
   * Unfinished deliveries that neither wait nor are claimed, of each webhook and state among `limit` of them. What is
   * neither to be gone on with nor found is left out.
   */
  abstract findStrays(
    webhookIds: readonly string[],
    limit: number,
    from: { readonly status?: string; readonly after: string },
  ): Promise<StrayPage[]>;
  /** Queues those of them that are strays indeed; answers which. */
  abstract requeueStrays(deliveryIds: readonly string[], now: string): Promise<Stray[]>;
}
