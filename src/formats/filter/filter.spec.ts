import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import jsone from 'json-e';
import { contextOf, EventFilter, FilterSyntaxError } from './filter.js';

const data = {
  type: 'person',
  name: 'Jöhn 😀',
  risk: 7.5,
  none: null,
  yes: true,
  tags: ['a', 'b'],
  empty: [],
  deep: { a: { b: [1, { c: 'x' }] } },
  __proto__: { polluted: true },
};
const event = { event: 'entity.created', project_id: 'p', severity: 'info', data };
const matches = (text: string, more: object = {}): boolean =>
  new EventFilter(text).matches(contextOf({ ...event, ...more }));

describe('a filter', () => {
  it.each([
    "data.type == 'person' && data.risk >= 7",
    "event == 'entity.created' && project_id != null && severity in ['info', 'notice']",
    "'a' in data.tags",
    "'Jö' in data.name",
    "'a' in data.deep",
    '!(data.none) && data.yes',
    'len(data.name) == 6',
    "lowercase(data.type) + '!' == 'person!'",
    'data.tags[1] == "b"',
    "data.deep.a.b[1].c == 'x'",
    "data.deep == {a: {b: [1, {c: 'x'}]}}",
    'min(data.risk, 3) * 2 == 6 && -(data.risk) < 0 && 2 ** 3 == 8',
    'data.tags',
    "rstrip('a  ') == 'a' && lstrip(' a') == 'a'",
    'len(range(0, 1000)) == 1000',
  ])('is true: %s', (text) => {
    expect(matches(text)).toBe(true);
  });

  it.each([
    'data.missing == 1',
    'data.missing != 1',
    '!data.missing',
    'missing',
    'data.type.deeper == 1',
    'data.risk > "7"',
    'data.type + 1 == 1',
    'data.risk / 0 > 1',
    'data.tags[9] == "x"',
    'data.empty',
    'data.none',
    'min',
    'data.polluted',
    'data.toString',
    'data()',
    'range(0, 1000000000) == []',
    'fromNow("1 day") != ""',
  ])('is false: %s', (text) => {
    expect(matches(text)).toBe(false);
  });

  it.each<[string, number]>([
    ['', 1],
    ['data.type ==', 13],
    ['data.type = 1', 11],
    ['data..x', 6],
    ['"open', 1],
    ['a b', 3],
    ['(', 2],
    ['1)', 2],
  ])('that is no expression says where: %j, at character %d', (text, position) => {
    expect(() => new EventFilter(text)).toThrow(expect.objectContaining({ position }));
  });

  it.each(['('.repeat(1024), '!'.repeat(1023) + 'a', '['.repeat(512) + ']'.repeat(512)])(
    'nested as deep as it can be ends (case %#)',
    (text) => {
      try {
        matches(text);
      } catch (error) {
        expect(error).toBeInstanceOf(FilterSyntaxError);
      }
    },
  );

  it.each(['rstrip(data.name) == "x"', 'split(data.name, "") == []', 'data.name[0] == "x"'])(
    'ends for a name of a million characters: %s',
    (text) => {
      expect(matches(text, { data: { name: `${' '.repeat(1_000_000)}x😀` } })).toBe(false);
    },
  );

  it('knows which of its names no event has', () => {
    expect(new EventFilter('dta.x == 1 && min(data.y, 2) == foo').unknownNames).toEqual(['dta', 'foo']);
  });

  it('is what json-e makes of it, whatever it is', () => {
    const leaf = fc.constantFrom(
      ...['data.type', 'data.risk', 'data.none', 'data.yes', 'data.tags', 'data.empty', 'data.missing'],
      ...[
        'data.deep',
        'event',
        'project_id',
        '1',
        '0',
        "'a'",
        "'person'",
        'null',
        'true',
        '[1, 2]',
        "['a', 'b']",
      ],
    );
    const operator = fc.constantFrom('==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', 'in', '&&', '||');
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        leaf,
        fc.tuple(tie('tree'), operator, tie('tree')).map(([a, op, b]) => `(${a} ${op} ${b})`),
        fc.tuple(fc.constantFrom('!', '-'), tie('tree')).map(([op, a]) => `${op}(${a})`),
      ),
    }));
    const reference = (text: string): boolean => {
      try {
        return jsone({ $if: text, then: 1, else: 0 }, event) === 1;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(tree, (text) => {
        expect([text, matches(text)]).toEqual([text, reference(text)]);
      }),
      { numRuns: 1000 },
    );
  });
});
