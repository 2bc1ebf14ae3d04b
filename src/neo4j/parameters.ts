import neo4j, { Integer } from 'neo4j-driver';

const TWO_TO_THE_32 = 2 ** 32;

/**
 * A whole number as the driver takes it. The driver compares each that it sends with up to eight others and makes three
 * objects for each comparison, a tenth of all that the service throws away; these compare as numbers.
 */
class WholeNumber extends Integer {
  /** @param value a safe integer */
  constructor(private readonly value: number) {
    super(value | 0, Math.floor(value / TWO_TO_THE_32));
  }

  override lessThan(other: Parameters<Integer['lessThan']>[0]): boolean {
    return typeof other === 'number' ? this.value < other : super.lessThan(other);
  }

  override greaterThanOrEqual(other: Parameters<Integer['greaterThanOrEqual']>[0]): boolean {
    return typeof other === 'number' ? this.value >= other : super.greaterThanOrEqual(other);
  }
}

/**
 * A value as the driver takes it: JavaScript numbers that are whole become integers, which LIMIT and counters need.
 * Plain values, lists and maps only; what the driver made itself passes as it is.
 */
export function toDriverValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? new WholeNumber(value) : value;
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
