import neo4j from 'neo4j-driver';

/**
 * A value as the driver takes it: JavaScript numbers that are whole become integers, which LIMIT and counters need.
 * Plain values, lists and maps only; what the driver made itself passes as it is.
 */
export function toDriverValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? neo4j.int(value) : value;
  if (typeof value !== 'object' || value === null || neo4j.isInt(value)) return value;
  if (Array.isArray(value)) return value.map(toDriverValue);
  return toDriverMap(value);
}

/** Plain loops: this runs for every property of every row on the hot path. */
export function toDriverMap(map: object): Record<string, unknown> {
  const converted: Record<string, unknown> = {};
  for (const key of Object.keys(map)) converted[key] = toDriverValue((map as Record<string, unknown>)[key]);
  return converted;
}
