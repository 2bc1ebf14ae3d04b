/** What a command that goes on does when nobody reads its result any more. */
const endings = new Set<() => void>();
let hasLeft = false;

/** @returns takes it back */
export function whenReaderLeaves(end: () => void): () => void {
  endings.add(end);
  return () => void endings.delete(end);
}

/**
 * Whoever reads the result has enough of it (`| head`).
 *
 * @returns whether a command ends by itself now, because it has something to put away
 */
export function readerLeft(): boolean {
  hasLeft ||= endings.size > 0;
  for (const end of endings) end();
  return hasLeft;
}
