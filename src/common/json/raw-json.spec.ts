import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compactJson, isDeeperThan, RawJson, rawElements, rawMembers, stringifyWithRaw } from './raw-json.js';

const TRICKY = [
  '12345678901234567890',
  '1.0',
  '-0',
  '1e400',
  '"\\ud800"',
  '"a\\"b\\\\"',
  '{"10":1,"2":2,"__proto__":{"x":1}}',
  '[[],{},"]}",":,"]',
  'null',
];

describe('rawMembers', () => {
  it.each(TRICKY)('keeps %s as it was written', (source) => {
    const text = `{"event":"e", "data" : ${source} ,"x":1}`;
    expect(rawMembers(text).get('data')).toBe(source);
  });

  it('finds every member of any object, whatever the white space', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.json()),
        fc.constantFrom('', ' ', '\n\t'),
        (members, space) => {
          const pieces = Object.entries(members).map(
            ([key, json]) => `${space}${JSON.stringify(key)}${space}:${space}${json}${space}`,
          );
          const found = rawMembers(`{${pieces.join(',')}}`);
          expect([...found]).toEqual(Object.entries(members).map(([key, json]) => [key, compactJson(json)]));
        },
      ),
    );
  });

  it('takes the last of a repeated name, as JSON.parse does', () => {
    expect(rawMembers('{"a":1,"a":2}').get('a')).toBe('2');
  });

  it('finds nothing in an empty object', () => {
    expect(rawMembers(' { } ').size).toBe(0);
  });
});

describe('rawElements', () => {
  it('finds every element of any array', () => {
    fc.assert(
      fc.property(fc.array(fc.json()), (elements) => {
        expect(rawElements(`[ ${elements.join(' , ')} ]`)).toEqual(elements.map(compactJson));
      }),
    );
  });
});

describe('compactJson', () => {
  it('means the same as before, in no more than the necessary characters', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(compactJson(JSON.stringify(value, null, 3))).toBe(JSON.stringify(value));
      }),
    );
  });
});

describe('all of them', () => {
  const text = fc
    .tuple(fc.json({ maxDepth: 4, stringUnit: 'binary' }), fc.constantFrom('', ' ', '\n\t '))
    .map(([json, space]) => JSON.stringify(JSON.parse(json), null, space));

  it('agree with JSON.parse on what a text means', () => {
    fc.assert(
      fc.property(text, (json) => {
        const value: unknown = JSON.parse(json);
        expect(JSON.parse(compactJson(json))).toEqual(value);
        if (Array.isArray(value)) {
          expect(rawElements(json).map((element) => JSON.parse(element) as unknown)).toEqual(value);
        } else if (typeof value === 'object' && value !== null) {
          const members = [...rawMembers(json)].map(([key, member]) => [key, JSON.parse(member)] as const);
          expect(new Map(members)).toEqual(new Map(Object.entries(value)));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('isDeeperThan', () => {
  it('counts lists and maps, but not brackets in strings', () => {
    expect(isDeeperThan('{"a":["[[[["]}', 2)).toBe(false);
    expect(isDeeperThan('{"a":[[]]}', 2)).toBe(true);
    expect(isDeeperThan('['.repeat(500_000), 64)).toBe(true);
  });

  it('comes to an end on any text, JSON or not', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[[\]{}"\\a:, ]*$/), (text) => {
        expect(typeof isDeeperThan(text, 64)).toBe('boolean');
      }),
    );
    expect(isDeeperThan('{"a', 64)).toBe(false);
    expect(isDeeperThan('["\\"[[', 1)).toBe(false);
    expect(isDeeperThan('["\\\\"[', 1)).toBe(true);
  });
});

describe('stringifyWithRaw', () => {
  it('puts raw text where it belongs and is JSON.stringify otherwise', () => {
    const value = { a: [1, undefined, { b: 'x' }], c: undefined, d: null };
    expect(stringifyWithRaw(value)).toBe(JSON.stringify(value));
    expect(stringifyWithRaw({ payload: new RawJson('{"n":1.0}'), z: 1 })).toBe('{"payload":{"n":1.0},"z":1}');
  });
});
