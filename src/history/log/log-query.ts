import { idAt } from '../../common/new-id.js';
import { DELIVERY_STATUSES } from '../../delivery/model/delivery.js';
import type { DeliveryFilter } from './delivery-log.js';

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
