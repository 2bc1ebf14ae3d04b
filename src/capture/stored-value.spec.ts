import { displayName, isSameValue, storedValue } from './stored-value.js';

describe('displayName', () => {
  it.each<[unknown, string | undefined]>([
    ['Jane Roe', 'Jane Roe'],
    ['[{"first": "Jane", "middle": "", "last": "Roe"}, {"first": "J."}]', 'Jane Roe'],
    ['{"first": "Jane"}', 'Jane'],
    [['Jane'], 'Jane'],
    ['[oops', '[oops'],
    ['  ', undefined],
    ['[]', undefined],
    [null, undefined],
    [7, undefined],
  ])('of %j is %j', (value, name) => {
    expect(displayName(value)).toBe(name);
  });
});

describe('storedValue', () => {
  it('reads JSON, and leaves what only looks like it', () => {
    expect([storedValue('[1]'), storedValue('{"a":1}'), storedValue('[1'), storedValue('7')]).toEqual([
      [1],
      { a: 1 },
      '[1',
      '7',
    ]);
  });
});

describe('isSameValue', () => {
  it('takes a missing value for null', () => {
    expect([isSameValue(undefined, null), isSameValue([1], [1]), isSameValue('a', ['a'])]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
