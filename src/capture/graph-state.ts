import type { Row } from '../neo4j/row.js';
import { toText } from './graph-event.js';

/** What the graph knows of an entity now; what it holds is read when the event is made. */
export interface EntityState {
  /** `safe_name` of its project. */
  readonly project: string | null;
  readonly projectUuid: string | null;
  readonly type: string | null;
  /** `core.name` as stored. */
  readonly name: unknown;
  /** Present values by `section.field`; of the fields that were asked for. */
  readonly fields: ReadonlyMap<string, unknown>;
}

export interface OrphanState {
  readonly project: string | null;
  readonly projectUuid: string | null;
  readonly identifierType: string | null;
  readonly identifierValue: unknown;
}

/** The present state of all that a number of rows speak of; what is not in it exists no more. */
export interface GraphState {
  readonly entities: ReadonlyMap<string, EntityState>;
  readonly orphans: ReadonlyMap<string, OrphanState>;
}

/** What of the graph has to be read before rows become events. */
export interface StateQuery {
  readonly entityIds: readonly string[];
  readonly orphanIds: readonly string[];
  /** `section.field` */
  readonly fields: readonly string[];
}

/** What is no list has nothing in it. */
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The lists in a list: what lacks that form has been spoiled. */
export const lists = (value: unknown): unknown[][] =>
  list(value).flatMap((item): unknown[][] => (Array.isArray(item) ? [item] : []));

export function toProject(row: Row): Pick<EntityState, 'project' | 'projectUuid'> {
  const [project, projectUuid] = list(row['project']);
  return { project: toText(project), projectUuid: toText(projectUuid) };
}

/** A row of ENTITIES_TO_TELL: long values stand last, whole. */
export function toEntityState(row: Row): EntityState {
  const own = new Map(lists(row['own']).map(([key, value]): [unknown, unknown] => [key, value]));
  const fields = new Map(
    lists(row['fields']).map(([section, field, value, whole]): [string, unknown] => [
      `${String(section)}.${String(field)}`,
      whole ?? value,
    ]),
  );
  return { ...toProject(row), type: toText(own.get('entity_type')), name: fields.get('core.name'), fields };
}

/** A row of ORPHANS_NOW. */
export function toOrphanState(row: Row): OrphanState {
  return { ...toProject(row), identifierType: toText(row['type']), identifierValue: row['value'] };
}
