import { ripeAt } from './settling.js';
import { sizeOf } from './split.js';
import type { Component } from './subjects.js';

/** The longest prefix of rows whose texts fit in `maxSize` characters; always one, however large. */
export function fitting<Sized extends { readonly size: number }>(
  rows: readonly Sized[],
  maxSize: number,
): Sized[] {
  let size = 0;
  const end = rows.findIndex((row) => (size += row.size) > maxSize);
  return end < 0 ? [...rows] : rows.slice(0, Math.max(1, end));
}

/** What of the components may become events now, and when to look again if nothing may. */
export interface Ripe {
  readonly components: readonly Component[];
  /** ms from now; 0 = at once. */
  readonly waitMs: number;
}

/**
 * Components are taken in the order of their newest rows. When there are more rows than were read, the next ones may
 * belong to what was read last, so the time that counts is that of the last row; if that leaves nothing, more rows have
 * to be read, or all are taken where no more can be.
 *
 * @param now by the clock of Neo4j, ms
 * @param last time of the last row that was read; undefined when there are no others
 * @param isWidest no more rows can be read at a time
 */
export function ripeOf(
  components: readonly Component[],
  settleMs: number,
  now: number,
  last: number | undefined,
  isWidest: boolean,
): Ripe {
  const times = components.map((component) => ({ component, at: ripeAt(component, settleMs) }));
  const ready = times.filter(({ at }) => at <= (last ?? now)).map(({ component }) => component);
  if (ready.length > 0) return { components: inOrder(ready), waitMs: 0 };
  if (isWidest && last !== undefined && last + settleMs <= now)
    return { components: inOrder(components), waitMs: 0 };
  const next = Math.min(...times.map(({ at }) => at));
  return { components: [], waitMs: Math.max(1, next - now) };
}

function inOrder(components: readonly Component[]): Component[] {
  const newest = ({ rows }: Component): number => rows.at(-1)?.at ?? 0;
  return [...components].sort((a, b) => newest(a) - newest(b));
}

/** Lists of components with about `most` changes each: what is written in one transaction. */
export function portions(components: readonly Component[], most: number): Component[][] {
  const lists: Component[][] = [];
  let size = Infinity;
  for (const component of components) {
    if (size + sizeOf(component) > most) {
      lists.push([]);
      size = 0;
    }
    lists.at(-1)?.push(component);
    size += sizeOf(component);
  }
  return lists;
}
