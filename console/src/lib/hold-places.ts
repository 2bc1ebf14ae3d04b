interface Row {
  readonly id: string;
}

/** The rows that were shown, each as it is now, where it stood. */
export function holdPlaces<T extends Row>(shown: readonly T[], latest: readonly T[]): readonly T[] {
  const now = new Map(latest.map((row) => [row.id, row]));
  return shown.map((row) => now.get(row.id) ?? row);
}

/** Whether there are other rows by now, or others come first. */
export const isHeldBack = (shown: readonly Row[], latest: readonly Row[]): boolean =>
  shown.length !== latest.length || shown.some(({ id }, at) => latest[at]?.id !== id);
