import { EVENT_TYPES, type EventType, type WebhookService } from '../src/index.js';
import { PROJECT } from './investigation.js';
import type { DemoService } from './service.js';

/** What became of one emission. */
export interface Emission {
  readonly event: EventType;
  readonly way: 'REST' | 'injection';
  readonly deliveryIds: readonly string[];
}

const DATA: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  entity: { entity_id: 'person-ada', type: 'person' },
  relationship: { source_id: 'person-ada', target_id: 'person-ben', relationship_type: 'KNOWS' },
  orphan: { orphan_id: 'orphan-phone', entity_id: 'person-ben' },
  search: { query: 'marsh', results: 1 },
  saved_search: { search_id: 'search-1', results: 3 },
};

function dataOf(event: EventType): Readonly<Record<string, unknown>> {
  return DATA[event.split('.')[0] ?? ''] ?? { note: `A demonstration of ${event}` };
}

/** What concerns the whole installation belongs to no project. */
function projectOf(event: EventType): string | null {
  return event.startsWith('system.') || event.startsWith('rate_limit.') ? null : PROJECT.safe_name;
}

async function overRest(service: DemoService, event: EventType): Promise<readonly string[]> {
  const body = { event, project_id: projectOf(event), data: dataOf(event) };
  const { delivery_ids } = await service.post<{ delivery_ids: string[] }>('/events', body);
  return delivery_ids;
}

async function overInjection(webhooks: WebhookService, event: EventType): Promise<readonly string[]> {
  const { deliveryIds } = await webhooks.sendEvent(event, {
    projectId: projectOf(event),
    data: dataOf(event),
  });
  return deliveryIds;
}

/** All 20 events, by turns through the REST API and through the injected service. */
export async function emitAll(
  service: DemoService,
  webhooks: WebhookService,
  onEmission: (emission: Emission) => void,
): Promise<Emission[]> {
  const emissions: Emission[] = [];
  for (const [i, event] of EVENT_TYPES.entries()) {
    const way = i % 2 === 0 ? 'REST' : 'injection';
    const deliveryIds = await (way === 'REST' ? overRest(service, event) : overInjection(webhooks, event));
    emissions.push({ event, way, deliveryIds });
    onEmission({ event, way, deliveryIds });
  }
  return emissions;
}
