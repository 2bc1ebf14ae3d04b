import type { Endpoint } from '../model/endpoint.js';

function subscribes(endpoint: Endpoint, event: string): boolean {
  return endpoint.events.some(
    (pattern) =>
      pattern === event ||
      pattern === '*' ||
      (pattern.endsWith('.*') && event.startsWith(pattern.slice(0, -1))),
  );
}

function reaches(endpoint: Endpoint, projectId: string | null): boolean {
  if (endpoint.projectId === null) return true;
  return (
    projectId !== null && (endpoint.projectId === projectId || endpoint.projectAliases.includes(projectId))
  );
}

/** Why an event does not go to a webhook. */
export const MISMATCHES = ['inactive', 'other_project', 'not_subscribed', 'filtered'] as const;
export type Mismatch = (typeof MISMATCHES)[number];

/** The first of the reasons for which an event does not go to a webhook; undefined = it does. */
export function mismatch(endpoint: Endpoint, event: string, projectId: string | null): Mismatch | undefined {
  if (!endpoint.active) return 'inactive';
  if (!reaches(endpoint, projectId)) return 'other_project';
  return subscribes(endpoint, event) ? undefined : 'not_subscribed';
}

/**
 * Which webhooks an event goes to, answered from memory, in the order in which they came. A change costs what changed, for
 * each event type that was asked for, and not what there is.
 */
export class EndpointIndex {
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly byEvent = new Map<string, Map<string, Endpoint>>();

  /** @param version of the registry in the graph that `endpoints` were read at. */
  constructor(
    public version: number,
    endpoints: readonly Endpoint[],
  ) {
    for (const endpoint of endpoints) this.put(endpoint);
  }

  get(webhookId: string): Endpoint | undefined {
    return this.endpoints.get(webhookId);
  }

  all(): IterableIterator<Endpoint> {
    return this.endpoints.values();
  }

  ids(): IterableIterator<string> {
    return this.endpoints.keys();
  }

  /** Active webhooks whose events match and whose project is null or the event's. */
  match(event: string, projectId: string | null): Endpoint[] {
    return [...this.subscribers(event).values()].filter((endpoint) => reaches(endpoint, projectId));
  }

  /** Takes in a webhook that is new or has changed. */
  put(endpoint: Endpoint): void {
    this.endpoints.set(endpoint.webhookId, endpoint);
    for (const [event, subscribers] of this.byEvent) {
      if (endpoint.active && subscribes(endpoint, event)) subscribers.set(endpoint.webhookId, endpoint);
      else subscribers.delete(endpoint.webhookId);
    }
  }

  remove(webhookId: string): void {
    this.endpoints.delete(webhookId);
    for (const subscribers of this.byEvent.values()) subscribers.delete(webhookId);
  }

  private subscribers(event: string): ReadonlyMap<string, Endpoint> {
    const known = this.byEvent.get(event);
    if (known) return known;
    const found = [...this.endpoints.values()].filter(
      (endpoint) => endpoint.active && subscribes(endpoint, event),
    );
    const subscribers = new Map(found.map((endpoint) => [endpoint.webhookId, endpoint]));
    this.byEvent.set(event, subscribers);
    return subscribers;
  }
}
