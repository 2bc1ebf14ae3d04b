import { describe, expect, it } from '@jest/globals';
import { nearest } from './nearest.js';

describe('the nearest name', () => {
  const NAMES = ['entity.created', 'entity.updated', 'data', 'id'];

  it.each([
    ['entity.crated', 'entity.created'],
    ['ENTITY.UPDATED', 'entity.updated'],
    ['entity_created', 'entity.created'],
    ['dta', 'data'],
    ['ids', 'id'],
    ['something else', undefined],
    ['', undefined],
    ['x'.repeat(1_000_000), undefined],
  ])('of %j is %j', (given, name) => {
    expect(nearest(given, NAMES)).toBe(name);
  });
});
