import type { CaptureRow, Change } from './change.js';

/** Whom a change is about; null = nobody that an event is told of. */
export type Subject = `entity:${string}` | `orphan:${string}` | `project:${string}`;

const OF_START = new Set(['HAS_FIELD_VALUE', 'HAS_FILE', 'TAGGED']);

/** Ids of Basset Hound are UUIDs. An index takes 8 KiB, and a key that it refuses would hold up the whole outbox. */
const LONGEST_KEY = 1024;

/** Whether something can be told of by this key. */
export const isKey = (key: unknown): key is string => typeof key === 'string' && key.length <= LONGEST_KEY;

const named = <Kind extends string>(kind: Kind, key: string | null): `${Kind}:${string}` | null =>
  isKey(key) ? `${kind}:${key}` : null;

/** The subject of a change. What lacks its key was written by hand, or its label was removed: nobody is told. */
export function subjectOf({ kind, start, end }: Change): Subject | null {
  const what = kind.slice(1);
  if (OF_START.has(what)) return named('entity', start);
  switch (what) {
    case 'HAS_PERSON':
    case 'Person':
      return named('entity', end);
    case 'HAS_ORPHAN':
    case 'OrphanData':
      return named('orphan', end);
    case 'LINKED_TO':
      return named('orphan', start);
    case 'Project':
      return named('project', start);
    default:
      return null;
  }
}

/** Rows that belong together, because they speak of the same subjects: one action of a user, or several. */
export interface Component {
  /** In their order. */
  readonly rows: CaptureRow[];
}

/** Representatives of disjoint sets, with path halving. */
class DisjointSets {
  private readonly parents: number[];

  constructor(size: number) {
    this.parents = Array.from({ length: size }, (_, i) => i);
  }

  find(i: number): number {
    let at = i;
    for (;;) {
      const parent = this.parentOf(at);
      if (parent === at) return at;
      at = this.parents[at] = this.parentOf(parent);
    }
  }

  /** The lower one stays: so a set is named by its first row. */
  join(a: number, b: number): void {
    const [one, other] = [this.find(a), this.find(b)];
    this.parents[Math.max(one, other)] = Math.min(one, other);
  }

  private parentOf(i: number): number {
    return this.parents[i] ?? i;
  }
}

/**
 * The connected components of rows over the subjects that they share, and over their transaction where it is told, in
 * the order of their first rows.
 */
export function componentsOf(rows: readonly CaptureRow[]): Component[] {
  const sets = new DisjointSets(rows.length);
  const firstRow = new Map<string, number>();
  const belongs = (to: string, i: number): void => {
    const first = firstRow.get(to);
    if (first === undefined) firstRow.set(to, i);
    else sets.join(first, i);
  };
  rows.forEach(({ changes, transaction }, i) => {
    if (transaction) belongs(`transaction:${transaction.id}`, i);
    for (const change of changes) {
      const subject = subjectOf(change);
      if (subject !== null) belongs(subject, i);
    }
  });
  const components = new Map<number, CaptureRow[]>();
  rows.forEach((row, i) => {
    const root = sets.find(i);
    const members = components.get(root);
    if (members) members.push(row);
    else components.set(root, [row]);
  });
  return [...components.values()].map((members) => ({ rows: members }));
}

/** All of whom rows tell, each once. */
export function subjectsOf(rows: readonly CaptureRow[]): Subject[] {
  const subjects = rows.flatMap(({ changes }) => changes.flatMap((change) => subjectOf(change) ?? []));
  return [...new Set(subjects)];
}
