import { DELIVERY_STATUSES } from '../delivery.js';
import type { DeliveryFilter } from './delivery-log.js';

/** Above every id: where the first page begins. */
const LAST = '\u{10ffff}';
/** The id of a delivery and `created_at` are made one after the other; a set clock may part them further. */
const SLACK_MS = 24 * 3600 * 1000;

/** Below every UUIDv7 of that time (RFC 9562, section 5.7: it begins with 48 bits of ms since the epoch). */
function idOf(epochMs: number): string {
  const hex = Math.max(0, epochMs).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

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
  const end = until === undefined ? LAST : idOf(Date.parse(until) + SLACK_MS);
  return {
    ...webhookRange(filter),
    statuses: status === undefined ? [...DELIVERY_STATUSES] : [status],
    event: event ?? null,
    project_id: projectId ?? null,
    since: since ?? null,
    until: until ?? null,
    from: since === undefined ? '' : idOf(Date.parse(since) - SLACK_MS),
    before: after < end ? after : end,
  };
}
