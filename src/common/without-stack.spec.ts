import { describe, expect, it } from '@jest/globals';
import { withoutStack } from './without-stack.js';

const places = (error: Error): number => (error.stack ?? '').split('\n').length - 1;

describe('withoutStack', () => {
  it('takes no stack down meanwhile, and again afterwards', () => {
    expect(places(withoutStack(() => new Error('made inside')))).toBe(0);
    expect(places(new Error('made afterwards'))).toBeGreaterThan(0);
  });

  it('takes stacks down again after an error', () => {
    const fail = (): never => {
      throw new Error('thrown inside');
    };
    expect(() => withoutStack(fail)).toThrow('thrown inside');
    expect(places(new Error('made afterwards'))).toBeGreaterThan(0);
  });
});
