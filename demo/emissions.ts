import { EVENT_TYPES, type EventType, type WebhookService } from '../src/index.js';
import { Application } from './application.js';
import { PROJECT, type Investigation } from './investigation.js';
import type { DemoService } from './service.js';

/** What became of one event. */
export interface Emission {
  readonly event: string;
  readonly way: 'REST' | 'injection' | 'the graph';
  readonly deliveryIds: readonly string[];
}

const CASE = PROJECT.safe_name;
const SIDE_CASE = 'side_case';

/** What an investigator does; each step is told before the next begins. */
const STEPS: readonly ((application: Application) => Promise<void>)[] = [
  (application) => application.createProject(SIDE_CASE, 'Side Case'),
  (application) =>
    application.createPerson(CASE, 'person-ada', { name: 'Ada Marsh', email: 'ada@marsh.example' }),
  (application) =>
    application.createPerson(CASE, 'person-ben', { name: 'Ben Ochoa', email: 'ben.ochoa@mail.example' }),
  (application) => application.createPerson(CASE, 'person-cleo', { name: 'Cleo Vane' }),
  (application) => application.setField('person-ada', 'core', 'email', 'ada.marsh@mail.example'),
  (application) => application.relate('person-ada', { 'person-ben': 'KNOWS' }),
  (application) => application.relate('person-ada', { 'person-ben': 'BUSINESS_PARTNER' }),
  (application) => application.relate('person-ada', {}),
  (application) => application.createOrphan(CASE, 'orphan-phone', 'phone', '+1 555 0100'),
  (application) => application.linkOrphan('orphan-phone', 'person-ben'),
  (application) => application.deletePerson('person-cleo'),
  (application) => application.deleteProject(SIDE_CASE),
];

const FROM_GRAPH = /^(?:entity|relationship|orphan|project)\./;

/** The project that is there before anybody listens. */
export async function openCase(graph: Investigation): Promise<void> {
  await new Application(graph).createProject(CASE, PROJECT.name, PROJECT.id);
}

/** The investigation, written as the application does: its events come from the graph. */
export async function investigate(
  graph: Investigation,
  onEmission: (emission: Emission) => void,
): Promise<Emission[]> {
  const application = new Application(graph);
  const emissions: Emission[] = [];
  let last = (await graph.told('')).at(-1)?.id ?? '';
  for (const step of STEPS) {
    await step(application);
    for (const { id, event, delivery_ids: deliveryIds } of await graph.told(last)) {
      const emission = { event, way: 'the graph', deliveryIds } as const;
      emissions.push(emission);
      onEmission(emission);
      last = id;
    }
  }
  return emissions;
}

const DATA: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
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

/** What the graph does not tell, by turns through the REST API and through the injected service. */
export async function emitOthers(
  service: DemoService,
  webhooks: WebhookService,
  onEmission: (emission: Emission) => void,
): Promise<Emission[]> {
  const emissions: Emission[] = [];
  const events = EVENT_TYPES.filter((event) => !FROM_GRAPH.test(event));
  for (const [i, event] of events.entries()) {
    const way = i % 2 === 0 ? 'REST' : 'injection';
    const deliveryIds = await (way === 'REST' ? overRest(service, event) : overInjection(webhooks, event));
    emissions.push({ event, way, deliveryIds });
    onEmission({ event, way, deliveryIds });
  }
  return emissions;
}
