/** One change of the graph, as the writer of the outbox tells it; the kinds are listed in docs/capture.md. */
export interface Change {
  /** `+`, `-` or `~` and a label or relationship type, such as `+HAS_PERSON`. */
  readonly kind: string;
  /** Of a node itself its project's `safe_name` or nothing; of an edge the key of its start. */
  readonly start: string | null;
  /** Key of the node, or of the end of the edge. */
  readonly end: string | null;
  /** Section of a field, or name of a property. */
  readonly section: string | null;
  readonly field: string | null;
  /** An old value, a new one of a relationship, properties of an edge, or a project's id; see the kind. */
  readonly value: unknown;
}

/** A row of the outbox: what one transaction changed, or a part of it. */
export interface CaptureRow {
  /** `elementId` of the node: Neo4j gives it to another node later, so `id` is compared as well. */
  readonly node: string;
  readonly id: string;
  /** When the transaction began to commit, ms by the clock of Neo4j. */
  readonly at: number;
  /** When it was first seen, where that was long after `at`: its transaction took its time to commit. @default at */
  readonly seenAt?: number;
  /** The transaction, and how many rows it made, where it made several that are to be told together. */
  readonly transaction?: { readonly id: string; readonly parts: number };
  readonly changes: readonly Change[];
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

function toChange(parts: unknown): Change {
  if (!Array.isArray(parts) || typeof parts[0] !== 'string') {
    throw new SyntaxError('A change must be a list that begins with its kind');
  }
  const [kind, start, end, section, field, value] = parts as [string, ...unknown[]];
  return {
    kind,
    start: text(start),
    end: text(end),
    section: text(section),
    field: text(field),
    value: value ?? null,
  };
}

/** As a row holds it. */
export function changeParts({ kind, start, end, section, field, value }: Change): unknown[] {
  return [kind, start, end, section, field, value];
}

/**
 * Reads the `changes` of a row.
 * @throws SyntaxError when they are not what a writer of the outbox writes
 */
export function parseChanges(json: string): Change[] {
  const changes: unknown = JSON.parse(json);
  if (!Array.isArray(changes)) throw new SyntaxError('The changes of a row must be a list');
  return changes.map(toChange);
}
