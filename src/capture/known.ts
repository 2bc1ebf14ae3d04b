import { hash } from 'node:crypto';
import { memberOf } from '../common/caught.js';
import type { OutboxChange } from '../events/event.neo4j.repository.js';
import { RELATIONSHIPS } from './relationship-diff.js';
import type { Subject } from './subjects.js';

/** Texts up to this length are kept as they are where they are needed; else their digest is. */
const LONGEST_KEPT = 32_768;

/**
 * What is known of an entity, an orphan or a project: enough to tell what changed. Values that no event tells are kept
 * as digests.
 */
export interface Known {
  /** `safe_name`. */
  readonly project: string | null;
  /** UUID of the project. */
  readonly uuid: string | null;
  /** Of a project. */
  readonly name?: string;
  /** By `["section","field"]`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Properties of the node itself. */
  readonly own: Readonly<Record<string, unknown>>;
  readonly files: readonly string[];
  /** Edges of type TAGGED, by their target. */
  readonly tags: Readonly<Record<string, unknown>>;
  /** Entities to which an orphan is linked. */
  readonly links: readonly string[];
}

export const NOTHING: Known = {
  ...{ project: null, uuid: null, fields: {}, own: {}, files: [], tags: {}, links: [] },
};

/** What is to be remembered, and what forgotten, when something is told. */
export type Memory = Omit<OutboxChange, 'rows'>;

/** Subjects without a state are gone. */
export function memoryOf(subjects: readonly Subject[], states: ReadonlyMap<Subject, Known>): Memory {
  const known: [string, string][] = [];
  const gone: string[] = [];
  for (const subject of subjects) {
    const state = states.get(subject);
    if (state) known.push([subject, JSON.stringify(state)]);
    else gone.push(subject);
  }
  return { known, gone };
}

/** A change as a row of the outbox holds it. */
type ChangeParts = readonly unknown[];

const digest = (value: unknown): string => hash('sha256', JSON.stringify([value]), 'base64url').slice(0, 16);

/** A value as it is kept: itself where events need it, its digest where only a difference counts. */
export function kept(value: unknown, isNeeded: boolean): unknown {
  const isShort = typeof value === 'string' && value.length <= LONGEST_KEPT;
  return isNeeded && (isShort || value === null) ? value : { known: digest(value) };
}

/** Relationships are compared by their values, and the name is told of what is deleted. */
export const isNeeded = (section: unknown, field: unknown): boolean =>
  section === RELATIONSHIPS || (section === 'core' && field === 'name');

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Each key of either side whose value differs, with both values; undefined = it is not there. */
function differences(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): [string, unknown, unknown][] {
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys]
    .filter((key) => !isSame(before[key], now[key]))
    .map((key): [string, unknown, unknown] => [key, before[key], now[key]]);
}

function fieldChanges(id: string, before: Known, now: Known): ChangeParts[] {
  return differences(before.fields, now.fields).flatMap(([key, old, present]): ChangeParts[] => {
    const [section, field] = JSON.parse(key) as [unknown, unknown];
    const place = [id, null, section, field];
    return [
      ...(old === undefined ? [] : [['-HAS_FIELD_VALUE', ...place, old]]),
      ...(present === undefined ? [] : [['+HAS_FIELD_VALUE', ...place, present]]),
    ];
  });
}

function edgeChanges(id: string, before: Known, now: Known): ChangeParts[] {
  const files = differences(toRecord(before.files), toRecord(now.files));
  const tags = differences(before.tags, now.tags);
  return [
    ...files.map(([file, old]): ChangeParts => [old ? '-HAS_FILE' : '+HAS_FILE', id, file]),
    ...tags.map(([target, old, present]): ChangeParts => {
      const sign = old === undefined ? '+' : present === undefined ? '-' : '~';
      const relationship_type = memberOf(present ?? old, 'relationship_type');
      return [`${sign}TAGGED`, id, target, null, null, { relationship_type }];
    }),
  ];
}

const toRecord = (ids: readonly string[]): Record<string, true> =>
  Object.fromEntries(ids.map((id): [string, true] => [id, true]));

function entityChanges(id: string, before: Known | undefined, now: Known | undefined): ChangeParts[] {
  const [old, present] = [before ?? NOTHING, now ?? NOTHING];
  const facts = [...fieldChanges(id, old, present), ...edgeChanges(id, old, present)];
  if (!before) return [['+HAS_PERSON', present.project, id, null, null, present.uuid], ...facts];
  if (!now) {
    const edge = ['-HAS_PERSON', old.project, id, null, null, old.uuid];
    return [edge, ...facts, ['-Person', null, id, null, null, old.own['entity_type'] ?? null]];
  }
  const own = differences(old.own, present.own).map(([key]): ChangeParts => ['~Person', null, id, key]);
  return [...facts, ...own];
}

function orphanChanges(id: string, before: Known | undefined, now: Known | undefined): ChangeParts[] {
  if (!now) return [];
  const links = now.links.filter((entity) => !before?.links.includes(entity));
  return [
    ...(before ? [] : [['+HAS_ORPHAN', now.project, id, null, null, now.uuid]]),
    ...links.map((entity): ChangeParts => ['+LINKED_TO', id, entity]),
  ];
}

function projectChanges(safeName: string, before: Known | undefined, now: Known | undefined): ChangeParts[] {
  if (before && now) return [];
  const { uuid, name } = now ?? before ?? NOTHING;
  return [[now ? '+Project' : '-Project', safeName, uuid, null, null, name ?? null]];
}

/**
 * What must have changed since something was known of a subject, as a writer of the outbox would have told it.
 *
 * @param before undefined = nobody was told of it
 * @param now undefined = it is gone
 */
export function changesSince(
  subject: Subject,
  before: Known | undefined,
  now: Known | undefined,
): ChangeParts[] {
  if (!before && !now) return [];
  const id = subject.slice(subject.indexOf(':') + 1);
  if (subject.startsWith('entity:')) return entityChanges(id, before, now);
  return subject.startsWith('orphan:') ? orphanChanges(id, before, now) : projectChanges(id, before, now);
}
