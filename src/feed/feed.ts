import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  bufferTime,
  catchError,
  concatMap,
  defer,
  filter,
  from,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  ReplaySubject,
  share,
} from 'rxjs';
import { DomainError } from '../common/domain-error.js';
import type { Conclusion } from '../delivery/lanes/conclusions.js';
import { Dispatcher } from '../delivery/lanes/dispatcher.js';
import { Lanes } from '../delivery/lanes/lanes.js';
import { NextTries } from '../delivery/lanes/due-outlook.neo4j.repository.js';
import type { EventRecord } from '../delivery/model/event-record.js';
import { InstanceLease } from '../delivery/queue/instance-lease.js';
import { EndpointRegistry } from '../delivery/endpoints/endpoint-registry.js';
import type { FeedEvents } from './feed-events.js';
import { FeedItem } from './feed-item.js';
import { WebhookStates, type WebhookState } from './webhook-states.neo4j.repository.js';

const MAX_CLIENTS = 64;
/** Changes of webhooks are gathered for so long, ms: the one change shows in several places. */
const GATHER_MS = 250;
/** More webhooks at once are told of as `changed`. */
const MAX_WEBHOOKS = 100;

const CHANGED = new FeedItem('changed', { topic: null, webhookIds: [] }, () => ({}));

function eventItem({ id, type, projectId, deliveries }: EventRecord): FeedItem {
  const webhookIds = deliveries.map(({ webhookId }) => webhookId);
  const fields: FeedEvents['event'] = {
    ...{ id, event: type, project_id: projectId },
    deliveries: deliveries.length,
  };
  return new FeedItem('event', { topic: 'events', webhookIds, event: type, projectId }, () => fields);
}

function webhookItem(state: WebhookState): FeedItem {
  return new FeedItem('webhook', { topic: 'webhooks', webhookIds: [state.id] }, () => state);
}

/**
 * What happens here, for those who watch. The engine is listened to only while somebody does, and what is told was
 * committed before.
 */
@Injectable()
export class Feed implements OnModuleDestroy {
  private readonly logger = new Logger(Feed.name);
  private readonly stops = new ReplaySubject<void>(1);
  private clients = 0;

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly registry: EndpointRegistry,
    private readonly lanes: Lanes,
    private readonly nextTries: NextTries,
    private readonly lease: InstanceLease,
    private readonly states: WebhookStates,
  ) {}

  /** Emits when the service stops. */
  get stopped$(): Observable<void> {
    return this.stops.asObservable();
  }

  get clientCount(): number {
    return this.clients;
  }

  /** Shared: the engine has one listener, however many clients there are. */
  readonly items$: Observable<FeedItem> = defer(() =>
    merge(this.deliveries(), this.events(), this.webhooks(), this.elsewhere()),
  ).pipe(share());

  /**
   * A place among the clients; answers how to leave it.
   * @throws DomainError `too_many_feeds`
   */
  enter(): () => void {
    if (this.clients >= MAX_CLIENTS)
      throw new DomainError(
        'unavailable',
        'too_many_feeds',
        `The feed has ${MAX_CLIENTS} clients, and no room for more`,
      );
    this.clients += 1;
    return () => (this.clients -= 1);
  }

  /** The first hook of a shutdown: an open stream would hold it up. */
  onModuleDestroy(): void {
    this.stops.next();
  }

  private deliveries(): Observable<FeedItem> {
    return this.dispatcher.concluded$.pipe(map((conclusion) => this.deliveryItem(conclusion)));
  }

  private events(): Observable<FeedItem> {
    return this.dispatcher.accepted$.pipe(mergeMap((records) => records.map(eventItem)));
  }

  /** A webhook that was changed, or whose breaker has turned. */
  private webhooks(): Observable<FeedItem> {
    const turned$ = this.lanes.turned$.pipe(map((webhookId) => [webhookId]));
    return merge(this.registry.updated$, turned$).pipe(
      bufferTime(GATHER_MS),
      map((changes) => [...new Set(changes.flat())]),
      filter((ids) => ids.length > 0),
      concatMap((ids) => (ids.length > MAX_WEBHOOKS ? of(CHANGED) : this.read(ids))),
    );
  }

  private read(ids: readonly string[]): Observable<FeedItem> {
    return from(this.states.of(ids)).pipe(
      mergeMap((states) => states.map(webhookItem)),
      catchError((error: unknown) => {
        this.logger.debug(`The states of webhooks could not be read: ${String(error)}`);
        return of(CHANGED);
      }),
    );
  }

  /** Other instances tell that they did something, not what. */
  private elsewhere(): Observable<FeedItem> {
    return this.lease.othersWorked$.pipe(map(() => CHANGED));
  }

  private deliveryItem({ held, outcome }: Conclusion): FeedItem {
    const { id, webhookId, eventId, event, projectId, createdAt } = held;
    const { status, attempts, attempt, errorMessage, nextAttemptAt } = outcome;
    const about = { topic: 'deliveries', webhookIds: [webhookId], event, projectId, status } as const;
    return new FeedItem('delivery', about, (): FeedEvents['delivery'] => ({
      id,
      webhook_id: webhookId,
      event_id: eventId,
      event,
      project_id: projectId,
      status,
      attempts,
      response_code: attempt?.responseCode ?? null,
      error_message: errorMessage,
      error_code: attempt?.errorCode ?? null,
      duration_ms: attempt?.durationMs ?? null,
      next_retry_at: this.nextTries.at(webhookId, nextAttemptAt),
      created_at: createdAt,
    }));
  }
}
