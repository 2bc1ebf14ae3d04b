import { changeParts, type Change } from './change.js';
import { subjectOf, type Component, type Subject } from './subjects.js';

/** A row, and the lists of changes of the rows that are to stand in its place. */
export interface SplitRow {
  readonly node: string;
  readonly id: string;
  readonly lists: readonly (readonly unknown[])[];
}

export function sizeOf({ rows }: Component): number {
  return rows.reduce((sum, { changes }) => sum + changes.length, 0);
}

/**
 * A component that is too large for one transaction is shared out by its subjects: each gets into one of several
 * components of about `most` changes. What one subject did stays together, however much it is.
 *
 * @returns undefined when it cannot be made smaller
 */
export function splitOf(component: Component, most: number): SplitRow[] | undefined {
  const places = placesOf(component, most);
  if (new Set(places.values()).size < 2) return undefined;
  return component.rows.map(({ node, id, changes }) => {
    const lists = new Map<number, unknown[]>();
    for (const change of changes) {
      const place = placeOf(change, places);
      if (place === undefined) continue;
      const list = lists.get(place);
      if (list) list.push(changeParts(change));
      else lists.set(place, [changeParts(change)]);
    }
    return { node, id, lists: [...lists.values()] };
  });
}

/** What tells of nobody goes. */
function placeOf(change: Change, places: ReadonlyMap<Subject, number>): number | undefined {
  const subject = subjectOf(change);
  return subject === null ? undefined : places.get(subject);
}

/** Into which part each subject comes, in the order of their first changes. */
function placesOf({ rows }: Component, most: number): Map<Subject, number> {
  const sizes = new Map<Subject, number>();
  for (const change of rows.flatMap(({ changes }) => changes)) {
    const subject = subjectOf(change);
    if (subject !== null) sizes.set(subject, (sizes.get(subject) ?? 0) + 1);
  }
  const places = new Map<Subject, number>();
  let [place, filled] = [0, 0];
  for (const [subject, size] of sizes) {
    if (filled > 0 && filled + size > most) [place, filled] = [place + 1, 0];
    places.set(subject, place);
    filled += size;
  }
  return places;
}
