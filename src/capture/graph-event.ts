/** An event that the graph itself tells of. */
export interface GraphEvent {
  readonly event: string;
  /** `safe_name`, as Basset Hound's own API names projects. */
  readonly projectId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  /** ms by the clock of Neo4j. */
  readonly at: number;
}

/** Characters of the data of a row of the outbox; of longer data only the size comes along with it. */
export const LONGEST_DATA = 16_384;

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

/** Nodes of the shared graph hold whatever somebody wrote: what is no text is not known. */
export function toText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The same, for what is left out where it is not known. */
export function textOf(value: unknown): string | undefined {
  return toText(value) ?? undefined;
}
