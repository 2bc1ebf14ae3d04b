import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor, isCursor } from './cursor.js';

describe('cursor', () => {
  it.each(['01a20e3a-4d9e-7076-8a65-9e4c1d4f13e7', 'ä/+?', '\u{1f415}'])('brings %s back', (id) => {
    expect(isCursor(encodeCursor(id))).toBe(true);
    expect(decodeCursor(encodeCursor(id))).toBe(id);
  });

  it.each(['', '***', 'YWI=', 'YWJ', '_w', 'a b', 'A'.repeat(401)])('is not %j', (text) => {
    expect(isCursor(text)).toBe(false);
  });

  it('brings any id back that is not too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 70 }), (id) => {
        expect(isCursor(encodeCursor(id))).toBe(true);
        expect(decodeCursor(encodeCursor(id))).toBe(id);
      }),
    );
  });

  it('is judged without failing, whatever the text, and is what it would be made of', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Za-z0-9_-]{0,20}={0,2}$/));
    fc.assert(
      fc.property(text, (given) => {
        if (isCursor(given)) expect(encodeCursor(decodeCursor(given))).toBe(given);
        else expect(typeof decodeCursor(given)).toBe('string');
      }),
      { numRuns: 1000 },
    );
  });
});
