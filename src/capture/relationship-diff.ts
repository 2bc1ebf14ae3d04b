import { isMap } from '../common/json/is-map.js';
import type { Change } from './change.js';
import { isSameValue, storedValue } from './stored-value.js';

/** The section whose fields hold the relationships of an entity as JSON. */
export const RELATIONSHIPS = 'Tagged People';
/** What Basset Hound takes for a relationship without a type. */
const UNTYPED = 'RELATED_TO';

/** What became of a relationship to `target`. */
export interface RelationshipChange {
  readonly what: 'created' | 'updated' | 'deleted';
  readonly target: string;
  readonly type: string;
  readonly previousType?: string;
  readonly properties?: unknown;
}

/** The relationships of one entity at one moment. */
interface Relationships {
  readonly targets: ReadonlySet<string>;
  readonly types: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

type Side = ReadonlyMap<string | null, unknown>;

function record(value: unknown): Readonly<Record<string, unknown>> {
  const stored = storedValue(value);
  return isMap(stored) ? stored : {};
}

function ids(value: unknown): string[] {
  const stored = storedValue(value);
  const list: unknown[] = Array.isArray(stored) ? stored : [stored];
  return list.filter((id): id is string => typeof id === 'string' && id !== '');
}

/** Where the list of targets was not touched, those whose type or properties were are meant. */
function relationships(side: Side, listed: boolean): Relationships {
  const types = record(side.get('relationship_types'));
  const properties = record(side.get('relationship_properties'));
  const targets = listed ? ids(side.get('tagged_people')) : Object.keys({ ...types, ...properties });
  return { targets: new Set(targets), types, properties };
}

function typeOf({ types }: Relationships, target: string): string {
  const type = types[target];
  return typeof type === 'string' ? type : UNTYPED;
}

function compare(
  before: Relationships,
  after: Relationships,
  target: string,
): RelationshipChange | undefined {
  const type = typeOf(after, target);
  const previousType = typeOf(before, target);
  const properties = after.properties[target];
  const details = properties === undefined ? {} : { properties };
  if (!before.targets.has(target)) return { what: 'created', target, type, ...details };
  if (!after.targets.has(target)) return { what: 'deleted', target, type: previousType };
  if (type === previousType && isSameValue(properties, before.properties[target])) return undefined;
  const earlier = type === previousType ? {} : { previousType };
  return { what: 'updated', target, type, ...earlier, ...details };
}

/**
 * What changes of the fields of `Tagged People` mean, from the rows alone: before is the old value in the first removal
 * of a field, after the value in its last addition. Reading the graph instead could tell of one change twice.
 *
 * @param deleted the entity is gone: whatever it had is gone as well
 */
export function relationshipChanges(changes: readonly Change[], deleted = false): RelationshipChange[] {
  const before = new Map<string | null, unknown>();
  const after = new Map<string | null, unknown>();
  for (const { kind, field, value } of changes) {
    if (!before.has(field)) before.set(field, kind === '-HAS_FIELD_VALUE' ? value : null);
    if (kind === '+HAS_FIELD_VALUE') after.set(field, value);
    else after.delete(field);
  }
  if (deleted) after.clear();
  const listed = before.has('tagged_people');
  const [old, now] = [relationships(before, listed), relationships(after, listed)];
  const targets = new Set([...old.targets, ...now.targets]);
  return [...targets].flatMap((target) => compare(old, now, target) ?? []);
}
