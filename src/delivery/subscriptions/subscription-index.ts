import type { Target } from '../sending/target.js';

function subscribes(target: Target, event: string): boolean {
  return target.events.some(
    (pattern) =>
      pattern === event ||
      pattern === '*' ||
      (pattern.endsWith('.*') && event.startsWith(pattern.slice(0, -1))),
  );
}

function reaches(target: Target, projectId: string | null): boolean {
  if (target.projectId === null) return true;
  return projectId !== null && (target.projectId === projectId || target.projectAliases.includes(projectId));
}

/** Which webhooks an event goes to: immutable, answered from memory, remembered per event type. */
export class SubscriptionIndex {
  private readonly targets: ReadonlyMap<string, Target>;
  private readonly byEvent = new Map<string, readonly Target[]>();

  /** @param version of the registry in the graph that `targets` were read at. */
  constructor(
    readonly version: number,
    targets: readonly Target[],
  ) {
    this.targets = new Map(targets.map((target) => [target.webhookId, target]));
  }

  get(webhookId: string): Target | undefined {
    return this.targets.get(webhookId);
  }

  ids(): IterableIterator<string> {
    return this.targets.keys();
  }

  /** Active webhooks whose events match and whose project is null or the event's. */
  match(event: string, projectId: string | null): Target[] {
    return this.subscribers(event).filter((target) => reaches(target, projectId));
  }

  private subscribers(event: string): readonly Target[] {
    const known = this.byEvent.get(event);
    if (known) return known;
    const found = [...this.targets.values()].filter((target) => target.active && subscribes(target, event));
    this.byEvent.set(event, found);
    return found;
  }
}
