/** An event that the graph itself tells of. */
export interface GraphEvent {
  readonly event: string;
  /** `safe_name`, as Basset Hound's own API names projects. */
  readonly projectId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  /** ms by the clock of Neo4j. */
  readonly at: number;
}

/** What is told beyond the bare facts. */
export interface EventDetail {
  /** Values of fields, not only their names: an investigation's content leaves the house. @default false */
  readonly values: boolean;
}

/** Without what is not known: a key that is there says something. */
export function facts(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** Of what somebody wrote into the graph: only a text is told as one. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
