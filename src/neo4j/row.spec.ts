import { describe, expect, it } from '@jest/globals';
import {
  flag,
  integer,
  integerOrNull,
  nested,
  real,
  rows,
  text,
  textList,
  textOrNull,
  time,
  timeOrNull,
  upTo,
} from './row.js';

const row = {
  name: 'n',
  count: 2,
  ratio: 0.5,
  on: false,
  nothing: null,
  list: ['a', 'b'],
  map: { x: 1 },
  maps: [{ x: 1 }],
};

describe('row', () => {
  it('reads each kind of value', () => {
    expect(text(row, 'name')).toBe('n');
    expect(integer(row, 'count')).toBe(2);
    expect(real(row, 'ratio')).toBe(0.5);
    expect(flag(row, 'on')).toBe(false);
    expect(textList(row, 'list')).toEqual(['a', 'b']);
    expect(nested(row, 'map')).toEqual({ x: 1 });
    expect(rows(row, 'maps')).toEqual([{ x: 1 }]);
  });

  it('takes null and a missing property for null only where that is allowed', () => {
    expect(textOrNull(row, 'nothing')).toBeNull();
    expect(integerOrNull(row, 'missing')).toBeNull();
    expect(() => text(row, 'nothing')).toThrow("'nothing'");
    expect(() => integer(row, 'missing')).toThrow("no 'missing'");
  });

  it('takes numbers and times that somebody has written by hand for none where nothing can be done with them', () => {
    const odd = {
      nan: NaN,
      endless: Infinity,
      negative: -1,
      large: 11,
      at: '2026-01-01T00:00:00Z',
      never: 'x',
    };
    for (const key of ['nan', 'endless']) expect(() => real(odd, key)).toThrow(`'${key}'`);
    for (const key of ['nan', 'negative', 'large']) expect(() => upTo(odd, key, 10)).toThrow(`'${key}'`);
    expect(upTo({ zero: 0 }, 'zero', 10)).toBe(0);
    expect([time(odd, 'at'), timeOrNull(odd, 'missing')]).toEqual([odd.at, null]);
    expect(() => timeOrNull(odd, 'never')).toThrow("'never'");
  });

  it.each([
    ['name', () => integer(row, 'name')],
    ['count', () => text(row, 'count')],
    ['count', () => textOrNull(row, 'count')],
    ['ratio', () => integer(row, 'ratio')],
    ['ratio', () => integerOrNull(row, 'ratio')],
    ['name', () => real(row, 'name')],
    ['name', () => flag(row, 'name')],
    ['maps', () => textList(row, 'maps')],
    ['list', () => nested(row, 'list')],
    ['list', () => rows(row, 'list')],
  ])('names the property of another type: %s', (key, read) => {
    expect(read).toThrow(`'${key}'`);
  });
});
