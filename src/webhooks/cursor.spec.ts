import { describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor, isCursor } from './cursor.js';

describe('cursor', () => {
  it.each(['01a20e3a-4d9e-7076-8a65-9e4c1d4f13e7', 'ä/+?', '\u{1f415}'])('brings %s back', (id) => {
    expect(isCursor(encodeCursor(id))).toBe(true);
    expect(decodeCursor(encodeCursor(id))).toBe(id);
  });

  it.each(['', '***', 'YWI=', 'YWJ', '_w', 'a b', 'A'.repeat(401)])('is not %j', (text) => {
    expect(isCursor(text)).toBe(false);
  });
});
