import { describe, expect, it } from '@jest/globals';
import neo4j, { type Integer } from 'neo4j-driver';
import { toDriverMap, toDriverValue } from './parameters.js';

/** With each of the driver's integers as a bigint. */
function plain(value: unknown): unknown {
  if (neo4j.isInt(value)) return value.toBigInt();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

describe('parameters', () => {
  it('turns whole numbers into integers, however deep', () => {
    const converted = toDriverMap({ limit: 10, rows: [{ n: 1, list: [2] }] });
    expect(plain(converted)).toEqual({ limit: 10n, rows: [{ n: 1n, list: [2n] }] });
  });

  it.each([
    ...[0, 1, -1, 127, 128, -16, -17, -128, -129, 32_767, 32_768, -32_768, -32_769],
    ...[2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1],
    ...[Date.now(), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  ])('makes of %d an integer that is, and compares, as the driver has it', (value) => {
    const theirs = neo4j.int(value);
    const ours = toDriverValue(value) as Integer;
    expect(neo4j.isInt(ours)).toBe(true);
    expect([ours.low, ours.high, ours.toBigInt()]).toEqual([theirs.low, theirs.high, BigInt(value)]);
    for (const other of [-129, -128, -16, 0, 127, 128, 2 ** 31, -(2 ** 31), value, neo4j.int(value), 5n]) {
      expect(ours.lessThan(other)).toBe(theirs.lessThan(other));
      expect(ours.greaterThanOrEqual(other)).toBe(theirs.greaterThanOrEqual(other));
    }
  });

  it('leaves all other values as they are', () => {
    const integer = neo4j.int(7);
    const values = ['1', 1.5, true, null, undefined, 2 ** 60, Infinity, integer];
    expect(values.map(toDriverValue)).toEqual(values);
    expect(toDriverValue(integer)).toBe(integer);
  });

  it('does not touch what it is given', () => {
    const given = { rows: [{ n: 1 }] };
    toDriverMap(given);
    expect(given).toEqual({ rows: [{ n: 1 }] });
  });
});
