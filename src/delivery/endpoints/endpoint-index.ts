import type { Endpoint } from '../model/endpoint.js';

function subscribes(target: Endpoint, event: string): boolean {
  return target.events.some(
    (pattern) =>
      pattern === event ||
      pattern === '*' ||
      (pattern.endsWith('.*') && event.startsWith(pattern.slice(0, -1))),
  );
}

function reaches(target: Endpoint, projectId: string | null): boolean {
  if (target.projectId === null) return true;
  return projectId !== null && (target.projectId === projectId || target.projectAliases.includes(projectId));
}

/** Why an event does not go to a webhook. */
export const MISMATCHES = ['inactive', 'other_project', 'not_subscribed', 'filtered'] as const;
export type Mismatch = (typeof MISMATCHES)[number];

/** The first of the reasons for which an event does not go to a webhook; undefined = it does. */
export function mismatch(target: Endpoint, event: string, projectId: string | null): Mismatch | undefined {
  if (!target.active) return 'inactive';
  if (!reaches(target, projectId)) return 'other_project';
  return subscribes(target, event) ? undefined : 'not_subscribed';
}

/**
 * Which webhooks an event goes to, answered from memory, in the order in which they came. A change costs what changed, for
 * each event type that was asked for, and not what there is.
 */
export class EndpointIndex {
  private readonly targets = new Map<string, Endpoint>();
  private readonly byEvent = new Map<string, Map<string, Endpoint>>();

  /** @param version of the registry in the graph that `targets` were read at. */
  constructor(
    public version: number,
    targets: readonly Endpoint[],
  ) {
    for (const target of targets) this.put(target);
  }

  get(webhookId: string): Endpoint | undefined {
    return this.targets.get(webhookId);
  }

  all(): IterableIterator<Endpoint> {
    return this.targets.values();
  }

  ids(): IterableIterator<string> {
    return this.targets.keys();
  }

  /** Active webhooks whose events match and whose project is null or the event's. */
  match(event: string, projectId: string | null): Endpoint[] {
    return [...this.subscribers(event).values()].filter((target) => reaches(target, projectId));
  }

  /** Takes in a webhook that is new or has changed. */
  put(target: Endpoint): void {
    this.targets.set(target.webhookId, target);
    for (const [event, subscribers] of this.byEvent) {
      if (target.active && subscribes(target, event)) subscribers.set(target.webhookId, target);
      else subscribers.delete(target.webhookId);
    }
  }

  remove(webhookId: string): void {
    this.targets.delete(webhookId);
    for (const subscribers of this.byEvent.values()) subscribers.delete(webhookId);
  }

  private subscribers(event: string): ReadonlyMap<string, Endpoint> {
    const known = this.byEvent.get(event);
    if (known) return known;
    const found = [...this.targets.values()].filter((target) => target.active && subscribes(target, event));
    const subscribers = new Map(found.map((target) => [target.webhookId, target]));
    this.byEvent.set(event, subscribers);
    return subscribers;
  }
}
