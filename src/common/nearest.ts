/** Longer names are compared with nothing: the work grows with the product of both lengths. */
const MAX_LENGTH = 64;

/** How many characters have to be put in, left out or changed to make one text of the other (Levenshtein). */
function distance(a: string, b: string): number {
  let former = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i += 1) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const changed = (former[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      row.push(Math.min(changed, (former[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    former = row;
  }
  return former[b.length] ?? 0;
}

/** Two letters that changed places are two. */
function mayDiffer({ length }: string): number {
  return Math.max(length > 3 ? 2 : 1, Math.floor(length / 3));
}

/** The name that was probably meant: the nearest one, if no more than about a third of it differs. */
export function nearest(given: string, names: Iterable<string>): string | undefined {
  if (given.length > MAX_LENGTH) return undefined;
  let best: { readonly name: string; readonly far: number } | undefined;
  for (const name of names) {
    const far = distance(given.toLowerCase(), name.toLowerCase());
    if (far <= mayDiffer(name) && far < (best?.far ?? Infinity)) best = { name, far };
  }
  return best?.name;
}
