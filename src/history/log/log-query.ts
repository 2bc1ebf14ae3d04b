import { idAt } from '../../common/new-id.js';
import { type Delivery, DELIVERY_STATUSES, type DeliveryStatus } from '../../delivery/model/delivery.js';
import type { Page } from '../../common/page.js';

/** What a list of deliveries is narrowed to; absent = no filter. */
export interface DeliveryFilter {
  readonly webhookId?: string;
  readonly status?: DeliveryStatus;
  readonly event?: string;
  readonly projectId?: string;
  /** RFC 3339: created at or after. */
  readonly since?: string;
  /** RFC 3339: created before. */
  readonly until?: string;
}

export interface ListOptions {
  /** Whether the deliveries come with their bodies, of which a page holds 4 MiB at most. @default true */
  readonly bodies?: boolean;
}

/** A page of the log. */
export interface DeliveryPage extends Page<Delivery> {
  /** Whether there are more than `total`: what no counter is kept for is counted up to 10,000 only. */
  readonly totalCapped: boolean;
}

/** Counts over all webhooks, maintained with each write, never scanned. */
export interface DeliveryStatistics {
  readonly totalEvents: number;
  readonly successfulDeliveries: number;
  readonly failedDeliveries: number;
  readonly retriedDeliveries: number;
  /** pending, sending and retrying. */
  readonly pendingDeliveries: number;
}

/** Above every id: where the first page begins. */
const LAST = '\u{10ffff}';
/** The id of a delivery and `created_at` are made one after the other; a set clock may part them further. */
const SLACK_MS = 24 * 3600 * 1000;

/** Which index a filter is served by: the narrowest that fits. */
export type Access = 'status' | 'project' | 'event' | 'time';

export function accessOf({ webhookId, status, projectId, event }: DeliveryFilter): Access {
  if (webhookId !== undefined || status !== undefined) return 'status';
  if (projectId !== undefined) return 'project';
  return event === undefined ? 'time' : 'event';
}

/** The webhooks that a filter is about, as a range of ids. */
export function webhookRange({ webhookId }: DeliveryFilter): Record<string, string> {
  return { first_webhook: webhookId ?? '', last_webhook: webhookId ?? LAST };
}

/**
 * The parameters of all queries over the log.
 *
 * @param after id of the last delivery of the page before
 */
export function logParameters(filter: DeliveryFilter, after: string = LAST): Record<string, unknown> {
  const { status, event, projectId, since, until } = filter;
  const end = until === undefined ? LAST : idAt(Date.parse(until) + SLACK_MS);
  return {
    ...webhookRange(filter),
    statuses: status === undefined ? [...DELIVERY_STATUSES] : [status],
    event: event ?? null,
    project_id: projectId ?? null,
    since: since ?? null,
    until: until ?? null,
    from: since === undefined ? '' : idAt(Date.parse(since) - SLACK_MS),
    before: after < end ? after : end,
  };
}
