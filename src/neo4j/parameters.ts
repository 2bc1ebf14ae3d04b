import neo4j from 'neo4j-driver';

/** A value as the driver takes it: JavaScript numbers that are whole become integers, which LIMIT and counters need. */
export function toDriverValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? neo4j.int(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(toDriverValue);
  return toDriverMap(value);
}

export function toDriverMap(map: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, toDriverValue(value)]));
}
