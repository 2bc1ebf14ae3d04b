import { unprocessable } from '../common/http/validation.pipe.js';
import type { EventCatalog } from '../events/event-catalog.js';
import { toStatusFilter } from '../webhooks/delivery-filter.js';
import { invalidEventType } from '../events/event-types.js';
import type { FeedQueryDto } from './feed.dto.js';
import { TOPICS, type FeedFilter, type Topic } from './feed-item.js';

function topicsOf(text: string | undefined): ReadonlySet<Topic> {
  if (text === undefined) return new Set(TOPICS);
  const names = text.split(',').map((name) => name.trim());
  const known = TOPICS.filter((topic) => names.includes(topic));
  if (names.every((name) => known.some((topic) => topic === name))) return new Set(known);
  const msg = `must be some of ${TOPICS.join(', ')}, separated by commas`;
  throw unprocessable([{ loc: ['query', 'topics'], msg, type: 'topics' }]);
}

/** @throws DomainError (422, 400) */
export function toFeedFilter(query: FeedQueryDto, catalog: EventCatalog): FeedFilter {
  const { topics, webhook_id, event, project_id, status } = query;
  if (event !== undefined && !catalog.has(event))
    throw invalidEventType(event, ['query', 'event'], catalog.nearest(event));
  return {
    topics: topicsOf(topics),
    ...(webhook_id !== undefined && { webhookId: webhook_id }),
    ...(event !== undefined && { event }),
    ...(project_id !== undefined && { projectId: project_id }),
    ...(status !== undefined && toStatusFilter({ status })),
  };
}
