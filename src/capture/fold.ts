import type { GraphEvent } from './graph-event.js';

/** Ids that a folded event names at most. */
const MAX_IDS = 100;

/**
 * Many events of one type and project that come from one action become one, which tells how many: an import of ten
 * thousand people is one message in a channel and not an hour of them.
 *
 * @param above how many of one type and project are left single; 0 = all of them, however many
 */
export function fold(events: readonly GraphEvent[], above: number): GraphEvent[] {
  if (above === 0 || events.length <= above) return [...events];
  const groups = grouped(events);
  const told = new Set<string>();
  return events.flatMap((event) => {
    const key = groupOf(event);
    const group = groups.get(key) ?? [];
    if (group.length <= above) return [event];
    if (told.has(key)) return [];
    told.add(key);
    return [folded(group)];
  });
}

const groupOf = ({ event, projectId }: GraphEvent): string => JSON.stringify([event, projectId]);

function grouped(events: readonly GraphEvent[]): Map<string, GraphEvent[]> {
  const groups = new Map<string, GraphEvent[]>();
  for (const event of events) {
    const key = groupOf(event);
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return groups;
}

function folded(group: readonly GraphEvent[]): GraphEvent {
  const last = group.at(-1) as GraphEvent;
  const ids = group.map(
    ({ data }) => data['entity_id'] ?? data['orphan_id'] ?? data['source_id'] ?? data['project_id'],
  );
  return { ...last, data: { folded: true, count: group.length, ids: ids.slice(0, MAX_IDS) } };
}
