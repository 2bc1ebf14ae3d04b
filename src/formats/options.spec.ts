import { describe, expect, it } from '@jest/globals';
import { ALL_FORMATS } from './catalogue.js';
import type { Format } from './format.js';
import { optionProblems, secretOptions, shownOptions } from './options.js';

const format = {
  name: 'made_up',
  optionsSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['topic'],
    properties: {
      topic: { type: 'string', writeOnly: true },
      mode: { enum: ['one', 'two'] },
      fields: { type: 'array', items: { type: 'string' } },
      'a/b': { type: 'object', additionalProperties: { type: 'number' } },
    },
  },
} as unknown as Format;
const problems = (options: Record<string, unknown>): unknown[] =>
  optionProblems(format, options).map(({ path, msg }) => [path, msg]);

describe('the options of a format', () => {
  it('are good when they match its schema', () => {
    expect(problems({ topic: 't', fields: [] })).toEqual([]);
  });

  it('hold whole characters, in names as well', () => {
    const half = 'must not hold half a pair of surrogates';
    expect(problems({ topic: 'a\ud800', fields: ['a', '\udc00'] })).toEqual([
      [['topic'], half],
      [['fields', 1], half],
    ]);
    expect(problems({ topic: '\u{1f600}', 'a/b': { '\ud800': 1 } })).toEqual([[['a/b'], half]]);
  });

  it('are all named, each at its place, with what would be right', () => {
    expect(problems({ mode: 'three', fields: ['a', 1], 'a/b': { 'c~d': 'x' }, tpoic: 't' })).toEqual([
      [['topic'], 'must be given'],
      [['tpoic'], 'is no option of made_up; its options are: topic, mode, fields, a/b'],
      [['mode'], 'must be equal to one of the allowed values: one, two'],
      [['fields', 1], 'must be string'],
      [['a/b', 'c~d'], 'must be number'],
    ]);
  });

  it('are bounded, in what may be given and in what is said of it', () => {
    expect(problems({ topic: 'x'.repeat(40_000) })).toEqual([[[], 'must be at most 32768 bytes in all']]);
    expect(problems({ topic: 't', fields: Array(1000).fill(1) })).toHaveLength(20);
  });

  it('never quote a secret', () => {
    expect(JSON.stringify(optionProblems(format, { topic: ['planted'] }))).not.toContain('planted');
  });

  it('show no secret', () => {
    expect(secretOptions(format)).toEqual(['topic']);
    expect(shownOptions(format, { topic: 'planted', mode: 'one' }, '***')).toEqual({
      topic: '***',
      mode: 'one',
    });
  });

  it.each(ALL_FORMATS)('of $name have a schema that refuses what it does not know', (known) => {
    expect(optionProblems(known, { made_up_option: 1 })).toContainEqual(
      expect.objectContaining({ path: ['made_up_option'], type: 'option_unknown' }),
    );
  });
});
