import { describe, expect, it } from '@jest/globals';
import { DeadlineError, kindOf, PolicyError, reasonOf } from './request-errors.js';

const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code });

describe('reasonOf', () => {
  it('of a deadline is timed out', () => {
    expect(reasonOf(new DeadlineError())).toBe('timed out');
  });

  it.each([
    [new PolicyError('10.0.0.1'), 'refused by policy'],
    [withCode('connect ECONNREFUSED 10.0.0.1:80', 'ECONNREFUSED'), 'could not connect'],
    [withCode('Parse Error: Expected HTTP/', 'HPE_INVALID_CONSTANT'), 'could not connect'],
    ['anything', 'could not connect'],
  ])('of %s is %s', (error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });
});

describe('kindOf', () => {
  const inside = withCode('connect ECONNREFUSED 10.0.0.1:80', 'ECONNREFUSED');

  it.each([
    [inside, 'Error ECONNREFUSED'],
    [new PolicyError('10.0.0.1'), 'PolicyError'],
    [
      new AggregateError([inside, withCode('10.0.0.2', 'EHOSTUNREACH')]),
      /^AggregateError \(.*ECONNREFUSED.*EHOSTUNREACH\)$/,
    ],
    [new TypeError('planted', { cause: inside }), 'TypeError (Error ECONNREFUSED)'],
    [new Error('planted', { cause: 'planted' }), 'Error (string)'],
    ['planted', 'string'],
  ])('says what happened, and nothing of what was said or where (case %#)', (error, kind) => {
    expect(kindOf(error)).toMatch(kind);
    expect(kindOf(error)).not.toMatch(/planted|10\.0\.0/);
  });
});
