import { describe, expect, it } from '@jest/globals';
import { flag, integer, integerOrNull, nested, real, rows, text, textList, textOrNull } from './row.js';

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
