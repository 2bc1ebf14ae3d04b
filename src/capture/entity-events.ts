import { memberOf } from '../common/caught.js';
import type { Change } from './change.js';
import { facts, textOf, type EventDetail, type GraphEvent } from './graph-event.js';
import type { EntityState } from './graph-state.js';
import { RELATIONSHIPS, relationshipChanges, type RelationshipChange } from './relationship-diff.js';
import { displayName, isSameValue, storedValue } from './stored-value.js';

/** A change with the time of its row. */
export interface TimedChange extends Change {
  readonly at: number;
}

/** An entity from its creation, or from where the rows begin, to its deletion or to where they end. */
interface Life {
  readonly changes: readonly TimedChange[];
  readonly created: boolean;
  readonly deleted: boolean;
}

/** The same id may be deleted and made anew, by an import for example: each life has its own events. */
function livesOf(changes: readonly TimedChange[]): Life[] {
  const lives: Life[] = [];
  let own: TimedChange[] = [];
  const end = (deleted: boolean): void => {
    if (own.length > 0) lives.push({ changes: own, created: isCreation(own), deleted });
    own = [];
  };
  for (const change of changes) {
    own.push(change);
    if (change.kind === '-Person') end(true);
  }
  end(false);
  return lives;
}

/** An entity that leaves one project for another is not created. */
function isCreation(changes: readonly TimedChange[]): boolean {
  return changes.find(({ kind }) => kind.endsWith('HAS_PERSON'))?.kind === '+HAS_PERSON';
}

const isField = ({ kind }: Change): boolean => kind.endsWith('HAS_FIELD_VALUE');
const isTag = ({ kind }: Change): boolean => kind.endsWith('TAGGED');
const fieldName = ({ section, field }: Change): string => `${section ?? ''}.${field ?? ''}`;

/** The events of one entity, in the order in which its changes happened. */
export class EntityEvents {
  constructor(
    private readonly id: string,
    private readonly state: EntityState | undefined,
    private readonly detail: EventDetail,
  ) {}

  of(changes: readonly TimedChange[]): GraphEvent[] {
    return livesOf(changes).flatMap((life) => this.ofLife(life));
  }

  private ofLife(life: Life): GraphEvent[] {
    const { changes, created, deleted } = life;
    const newest = changes.at(-1)?.at ?? 0;
    const own = deleted ? this.ended(life) : this.lived(life);
    const relationships = this.relationships(changes, deleted).map(({ what, ...data }) =>
      this.event(`relationship.${what}`, this.relationshipData(data), changes, newest),
    );
    // What is gone loses its relationships first; what is new gets them afterwards.
    return deleted && !created ? [...relationships, ...own] : [...own, ...relationships];
  }

  private ended({ changes, created }: Life): GraphEvent[] {
    const end = changes.at(-1) as TimedChange;
    const bare = { entity_id: this.id };
    const nameBefore = changes.find(
      (change) => change.kind === '-HAS_FIELD_VALUE' && fieldName(change) === 'core.name',
    );
    const known = facts({ ...bare, name: displayName(nameBefore?.value), type: textOf(end.value) });
    const deleted = this.event('entity.deleted', created ? bare : known, changes, end.at);
    return created
      ? [this.event('entity.created', bare, changes, changes[0]?.at ?? end.at), deleted]
      : [deleted];
  }

  private lived({ changes, created }: Life): GraphEvent[] {
    const newest = changes.at(-1)?.at ?? 0;
    const fields = this.changedFields(changes);
    const files = [
      ...new Set(changes.filter(({ kind }) => kind.endsWith('HAS_FILE')).flatMap(({ end }) => end ?? [])),
    ];
    const data = {
      ...this.description(),
      fields,
      ...(files.length > 0 && { files }),
      ...this.values(fields),
    };
    if (created) return [this.event('entity.created', data, changes, newest)];
    return fields.length + files.length > 0 ? [this.event('entity.updated', data, changes, newest)] : [];
  }

  private description(): Record<string, unknown> {
    const { name, type, projectUuid } = this.state ?? {};
    return facts({ entity_id: this.id, name: displayName(name), type, project_uuid: projectUuid });
  }

  /** `section.field` of what differs from before, and the names of the entity's own properties that changed. */
  private changedFields(changes: readonly TimedChange[]): string[] {
    const before = new Map<string, unknown>();
    const added = new Set<string>();
    for (const change of changes) {
      if (!isField(change) || change.section === RELATIONSHIPS) continue;
      const name = fieldName(change);
      if (change.kind === '-HAS_FIELD_VALUE' && !before.has(name) && !added.has(name))
        before.set(name, change.value);
      if (change.kind === '+HAS_FIELD_VALUE') added.add(name);
    }
    const now = this.state?.fields;
    const differs = (name: string): boolean =>
      before.has(name)
        ? !(now?.has(name) && isSameValue(before.get(name), now.get(name)))
        : now?.has(name) === true;
    const properties = changes
      .filter(({ kind }) => kind === '~Person')
      .flatMap(({ section }) => section ?? []);
    return [...new Set([...before.keys(), ...added])].filter(differs).concat([...new Set(properties)]);
  }

  private values(fields: readonly string[]): Record<string, unknown> {
    if (!this.detail.values) return {};
    const now = fields.filter((name) => this.state?.fields.has(name));
    return {
      values: Object.fromEntries(now.map((name) => [name, storedValue(this.state?.fields.get(name))])),
    };
  }

  private relationships(changes: readonly TimedChange[], deleted: boolean): RelationshipChange[] {
    const inFields = relationshipChanges(
      changes.filter((change) => isField(change) && change.section === RELATIONSHIPS),
      deleted,
    );
    const told = new Set(inFields.map(({ target }) => target));
    return [...inFields, ...tagChanges(changes.filter(isTag)).filter(({ target }) => !told.has(target))];
  }

  private relationshipData({
    target,
    type,
    previousType,
    properties,
  }: Omit<RelationshipChange, 'what'>): Record<string, unknown> {
    return facts({
      source_id: this.id,
      target_id: target,
      relationship_type: type,
      previous_type: previousType,
      project_uuid: this.state?.projectUuid,
      properties: this.detail.values ? properties : undefined,
    });
  }

  private event(
    event: string,
    data: Record<string, unknown>,
    changes: readonly TimedChange[],
    at: number,
  ): GraphEvent {
    return { event, projectId: this.project(changes), data, at };
  }

  /** Of what is gone, as its last edge said. */
  private project(changes: readonly TimedChange[]): string | null {
    const edge = changes.findLast(({ kind, start }) => kind.endsWith('HAS_PERSON') && start !== null);
    return this.state?.project ?? edge?.start ?? null;
  }
}

/** What edges of type TAGGED tell: one change for each target, whatever happened to its edge in between. */
function tagChanges(tags: readonly TimedChange[]): RelationshipChange[] {
  const targets = new Set(tags.flatMap(({ end }) => end ?? []));
  return [...targets].flatMap((target): RelationshipChange[] => {
    const own = tags.filter(({ end }) => end === target);
    const [wasThere, isThere] = [own[0]?.kind !== '+TAGGED', own.at(-1)?.kind !== '-TAGGED'];
    if (!wasThere && !isThere) return [];
    const what = !wasThere ? 'created' : isThere ? 'updated' : 'deleted';
    const properties = own.at(-1)?.value;
    return [{ what, target, type: tagType(properties), properties }];
  });
}

function tagType(properties: unknown): string {
  const type = memberOf(properties, 'relationship_type');
  return typeof type === 'string' ? type : 'TAGGED';
}
