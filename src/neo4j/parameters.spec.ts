import { describe, expect, it } from '@jest/globals';
import neo4j from 'neo4j-driver';
import { toDriverMap, toDriverValue } from './parameters.js';

describe('parameters', () => {
  it('turns whole numbers into integers, however deep', () => {
    const converted = toDriverMap({ limit: 10, rows: [{ n: 1, list: [2] }] });
    expect(converted).toEqual({
      limit: neo4j.int(10),
      rows: [{ n: neo4j.int(1), list: [neo4j.int(2)] }],
    });
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
