import { DELIVERY_STATUSES } from '../delivery/model/delivery.js';
import type { EventCatalog } from '../events/event-catalog.js';
import type { DeliveryFilter, ListOptions } from '../history/log/log-query.js';
import { decodeCursor } from './cursor.js';
import type { DeliveryQueryDto, PageQueryDto, WebhookDeliveryQueryDto } from './dto/list-query.dto.js';
import { toTimeRange } from './time-range.js';
import { invalidEventType } from '../events/event-types.js';
import { invalidStatus } from './webhook.errors.js';
import type { PageRequest } from '../common/page.js';

const DEFAULT_LIMIT = 50;

export function toPage({ limit = DEFAULT_LIMIT, cursor }: PageQueryDto): PageRequest {
  return cursor === undefined ? { limit } : { limit, after: decodeCursor(cursor) };
}

/** Without `payload=false` a list has the bodies. */
export function toListOptions({ payload = true }: WebhookDeliveryQueryDto): ListOptions {
  return { bodies: payload };
}

/** @throws DomainError `invalid_status` */
export function toStatusFilter({ status }: WebhookDeliveryQueryDto): Pick<DeliveryFilter, 'status'> {
  if (status === undefined) return {};
  const known = DELIVERY_STATUSES.find((name) => name === status);
  if (!known) throw invalidStatus(status);
  return { status: known };
}

/** @throws DomainError `invalid_status`, `invalid_event_type`, or for a range whose end is before its begin */
export function toDeliveryFilter(query: DeliveryQueryDto, catalog: EventCatalog): DeliveryFilter {
  const { webhook_id, event, project_id, since, until } = query;
  if (event !== undefined && !catalog.has(event))
    throw invalidEventType(event, ['query', 'event'], catalog.nearest(event));
  return {
    ...toStatusFilter(query),
    ...(webhook_id !== undefined && { webhookId: webhook_id }),
    ...(event !== undefined && { event }),
    ...(project_id !== undefined && { projectId: project_id }),
    ...toTimeRange({ since, until }, 'query'),
  };
}
