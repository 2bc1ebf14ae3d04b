import { describe, expect, it } from '@jest/globals';
import { defaultInterpretation } from './default-interpretation.js';

describe('what a status means where a format says nothing else', () => {
  it.each([
    [200, 'success'],
    [204, 'success'],
    [302, 'retry'],
    [400, 'rejected'],
    [401, 'blocked'],
    [403, 'blocked'],
    [404, 'blocked'],
    [408, 'retry'],
    [410, 'gone'],
    [413, 'rejected'],
    [425, 'retry'],
    [429, 'throttled'],
    [500, 'retry'],
    [503, 'retry'],
  ])('%i is %s', (status, outcome) => {
    expect(defaultInterpretation({ status })).toEqual({ outcome });
  });
});
