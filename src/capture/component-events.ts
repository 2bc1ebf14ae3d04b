import type { CaptureRow } from './change.js';
import { EntityEvents, type TimedChange } from './entity-events.js';
import { facts, textOf, type EventDetail, type GraphEvent } from './graph-event.js';
import type { GraphState, OrphanState, StateQuery } from './graph-state.js';
import { subjectOf, type Component, type Subject } from './subjects.js';

type Subjects = ReadonlyMap<Subject, readonly TimedChange[]>;

function bySubject(rows: readonly CaptureRow[]): Subjects {
  const subjects = new Map<Subject, TimedChange[]>();
  for (const { at, changes } of rows) {
    for (const change of changes) {
      const subject = subjectOf(change);
      if (subject === null) continue;
      const own = subjects.get(subject);
      if (own) own.push({ ...change, at });
      else subjects.set(subject, [{ ...change, at }]);
    }
  }
  return subjects;
}

const keyOf = (subject: Subject): string => subject.slice(subject.indexOf(':') + 1);

/** What has to be known of the graph to tell what these components mean. */
export function stateFor(components: readonly Component[]): StateQuery {
  const entityIds = new Set<string>();
  const orphanIds = new Set<string>();
  const fields = new Set<string>();
  for (const change of components.flatMap(({ rows }) => rows.flatMap(({ changes }) => changes))) {
    const subject = subjectOf(change);
    if (subject?.startsWith('entity:')) entityIds.add(keyOf(subject));
    if (subject?.startsWith('orphan:')) orphanIds.add(keyOf(subject));
    if (change.kind.endsWith('HAS_FIELD_VALUE')) fields.add(`${change.section ?? ''}.${change.field ?? ''}`);
  }
  return { entityIds: [...entityIds], orphanIds: [...orphanIds], fields: [...fields] };
}

/** The events that the rows of one component mean, the subject that changed last last. */
export function eventsOf({ rows }: Component, state: GraphState, detail: EventDetail): GraphEvent[] {
  const subjects = [...bySubject(rows)];
  const newest = (changes: readonly TimedChange[]): number => changes.at(-1)?.at ?? 0;
  // Stable: subjects of one row keep its order, and a project that is deleted comes after its entities.
  subjects.sort(([, a], [, b]) => newest(a) - newest(b));
  return subjects.flatMap(([subject, changes]) => {
    const key = keyOf(subject);
    if (subject.startsWith('entity:'))
      return new EntityEvents(key, state.entities.get(key), detail).of(changes);
    if (subject.startsWith('orphan:')) return orphanEvents(key, changes, state.orphans.get(key), detail);
    return projectEvents(changes);
  });
}

function projectEvents(changes: readonly TimedChange[]): GraphEvent[] {
  return changes.flatMap(({ kind, start, end, value, at }) => {
    const event = { '+Project': 'project.created', '-Project': 'project.deleted' }[kind];
    const data = facts({ project_id: end, safe_name: start, name: textOf(value) });
    return event === undefined ? [] : [{ event, projectId: start, data, at }];
  });
}

function orphanEvents(
  id: string,
  changes: readonly TimedChange[],
  state: OrphanState | undefined,
  { values }: EventDetail,
): GraphEvent[] {
  const projectId = state?.project ?? changes.find(({ kind }) => kind.endsWith('HAS_ORPHAN'))?.start ?? null;
  const common = { orphan_id: id, project_uuid: state?.projectUuid };
  const identifier = {
    identifier_type: state?.identifierType,
    identifier_value: values ? state?.identifierValue : undefined,
  };
  const created = changes.find(({ kind }) => kind === '+HAS_ORPHAN');
  const events: GraphEvent[] = [];
  if (created)
    events.push({
      event: 'orphan.created',
      projectId,
      data: facts({ ...common, ...identifier }),
      at: created.at,
    });
  for (const [entityId, at] of links(changes)) {
    events.push({ event: 'orphan.linked', projectId, data: facts({ ...common, entity_id: entityId }), at });
  }
  return events;
}

/** Basset Hound links by an edge, by a property, or by both: each pair once. */
function links(changes: readonly TimedChange[]): Map<string, number> {
  const pairs = new Map<string, number>();
  for (const { kind, end, section, value, at } of changes) {
    const byProperty = kind === '~OrphanData' && section === 'linked_entity_id' ? value : null;
    const entityId = kind === '+LINKED_TO' ? end : byProperty;
    if (typeof entityId === 'string' && entityId !== '' && !pairs.has(entityId)) pairs.set(entityId, at);
  }
  return pairs;
}
