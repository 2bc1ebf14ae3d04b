/** Reads what Basset Hound stores in a field: JSON as text where it is a list or an object, else the value itself. */
export function storedValue(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Whether two stored values are the same; a value that was too long to be carried (`{"cut": …}`) never is. */
export function isSameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** The first name in `core.name`, whatever its shape: a text, a list, or an object of components that are joined. */
export function displayName(value: unknown): string | undefined {
  const stored = storedValue(value);
  const first: unknown = Array.isArray(stored) ? stored[0] : stored;
  if (typeof first === 'string') return first.trim() || undefined;
  if (typeof first !== 'object' || first === null) return undefined;
  const words = Object.values(first).filter((word) => typeof word === 'string' && word.trim() !== '');
  return words.length > 0 ? words.join(' ') : undefined;
}
