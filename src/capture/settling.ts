import type { CaptureRow, Change } from './change.js';
import type { Component } from './subjects.js';

/** A component is taken after this long, whatever else happens to its subjects, ms. */
export const LONGEST_SETTLE_MS = 5000;

/** Which fields of which entities were last seen removed: Basset Hound removes and adds in two transactions. */
function halfDone(rows: readonly CaptureRow[]): boolean {
  const open = new Set<string>();
  for (const { changes } of rows) {
    const deleted = new Set(changes.filter(({ kind }) => kind === '-Person').map(({ end }) => end));
    for (const change of changes) note(open, change, deleted);
  }
  return open.size > 0;
}

/** Whether of a transaction that made several rows only some are there: they become visible one after the other. */
function isPartial(rows: readonly CaptureRow[]): boolean {
  const missing = new Map<string, number>();
  for (const { transaction } of rows) {
    if (!transaction) continue;
    const { id, parts } = transaction;
    missing.set(id, (missing.get(id) ?? parts) - 1);
  }
  return [...missing.values()].some((rows) => rows > 0);
}

function note(open: Set<string>, { kind, start, section, field }: Change, deleted: Set<string | null>): void {
  const key = JSON.stringify([start, section, field]);
  if (kind === '+HAS_FIELD_VALUE') open.delete(key);
  if (kind === '-HAS_FIELD_VALUE' && !deleted.has(start)) open.add(key);
}

/**
 * When a component may become events: nothing was added for `settleMs`, and no field is between its removal and its
 * return; at the latest five seconds after it began, so that an entity that never rests is heard of, too.
 *
 * @returns ms by the clock of Neo4j
 */
export function ripeAt({ rows }: Component, settleMs: number): number {
  const first = rows[0]?.at ?? 0;
  const newest = rows.reduce((time, { at, seenAt = at }) => Math.max(time, seenAt), 0);
  const latest = first + Math.max(LONGEST_SETTLE_MS, settleMs);
  return halfDone(rows) || isPartial(rows) ? latest : Math.min(newest + settleMs, latest);
}

/**
 * Rows that are read for the first time at one look: if one of them came late, all of them settle from now on. Else what
 * happened after it would be told before it, by the time that its own transaction took to commit.
 */
export function seenTogether(rows: readonly CaptureRow[], now: number): readonly CaptureRow[] {
  const isLate = rows.some(({ seenAt }) => seenAt !== undefined);
  return isLate ? rows.map((row) => ({ ...row, seenAt: now })) : rows;
}
