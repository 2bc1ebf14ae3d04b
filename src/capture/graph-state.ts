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
