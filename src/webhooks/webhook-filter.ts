import type { PageRequest } from '../common/page.js';
import { decodeCursor } from './cursor.js';
import type { ActiveQueryDto, WebhookQueryDto } from './dto/list-query.dto.js';
import type { WebhookFilter } from './webhook.neo4j.repository.js';

/** Callers of the former service know no pages: without a limit they get all webhooks. */
const ALL = 100_000;

export function toWebhookFilter({ project_id, active_only }: WebhookQueryDto): WebhookFilter {
  const activeOnly = active_only ?? false;
  return project_id === undefined ? { activeOnly } : { activeOnly, projectId: project_id };
}

export function toWebhookPage({ limit = ALL, cursor }: ActiveQueryDto): PageRequest {
  return cursor === undefined ? { limit } : { limit, after: decodeCursor(cursor) };
}
