import { Injectable } from '@nestjs/common';
import {
  DeliveryTrail,
  type Attempts,
  type EventTrail,
} from '../../history/log/delivery-trail.neo4j.repository.js';
import { wantedBy } from '../../events/event-planner.js';
import type { Endpoint } from '../../delivery/model/endpoint.js';
import { mismatch, type Mismatch } from '../../delivery/endpoints/endpoint-index.js';
import { EndpointRegistry } from '../../delivery/endpoints/endpoint-registry.js';
import { WebhookRepository } from '../webhook.neo4j.repository.js';

/** Webhooks that are named in one answer at most. */
const MAX_NAMED = 1000;

/** A webhook that an event would go to. */
export interface Matched {
  readonly webhookId: string;
  readonly name: string;
}

/** A webhook that it would not go to. */
export interface Unmatched extends Matched {
  readonly reason: Mismatch;
}

/** Who would get an event, and who not: the first 1000 of each. */
export interface Matching {
  readonly wouldReceive: readonly Matched[];
  readonly wouldReceiveTotal: number;
  readonly wouldNot: readonly Unmatched[];
  readonly wouldNotTotal: number;
}

/** Answers the questions that somebody has who misses an event, or got one. */
@Injectable()
export class LookupService {
  constructor(
    private readonly trail: DeliveryTrail,
    private readonly registry: EndpointRegistry,
    private readonly webhooks: WebhookRepository,
  ) {}

  /** @throws DomainError `delivery_not_found` */
  async attemptsOf(deliveryId: string): Promise<Attempts> {
    return this.trail.attemptsOf(deliveryId);
  }

  /** @throws DomainError `event_not_found` */
  async event(id: string): Promise<EventTrail> {
    return this.trail.event(id);
  }

  /**
   * Who would get an event of this type and project if it were emitted now; writes nothing.
   *
   * @param dataJson its data, for filters; without them they are asked about an event that has none
   */
  async match(event: string, projectId: string | null, dataJson = '{}'): Promise<Matching> {
    // Another instance may have changed a webhook a moment ago.
    await this.registry.refresh();
    const isWanted = (endpoint: Endpoint): boolean =>
      wantedBy([endpoint], { event, projectId, dataJson }).length > 0;
    // Ids rise with time: the oldest first, as in the list of webhooks, and the same at every question.
    const endpoints = this.registry.all().sort((a, b) => (a.webhookId < b.webhookId ? -1 : 1));
    const judged = endpoints.map((endpoint) => {
      const reason = mismatch(endpoint, event, projectId) ?? (isWanted(endpoint) ? undefined : 'filtered');
      return { webhookId: endpoint.webhookId, reason };
    });
    const good = judged.filter(({ reason }) => reason === undefined);
    const bad = judged.filter(({ reason }) => reason !== undefined);
    const [shown, hidden] = [good.slice(0, MAX_NAMED), bad.slice(0, MAX_NAMED)];
    const names = await this.webhooks.names([...shown, ...hidden].map(({ webhookId }) => webhookId));
    const named = (webhookId: string): Matched => ({ webhookId, name: names.get(webhookId) ?? '' });
    return {
      wouldReceive: shown.map(({ webhookId }) => named(webhookId)),
      wouldReceiveTotal: good.length,
      wouldNot: hidden.flatMap(({ webhookId, reason }) => (reason ? [{ ...named(webhookId), reason }] : [])),
      wouldNotTotal: bad.length,
    };
  }
}
