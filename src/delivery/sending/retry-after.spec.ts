import { describe, expect, it } from '@jest/globals';
import { parseRetryAfter } from './retry-after.js';

const NOW = Date.parse('2026-11-24T12:00:00Z');

describe('parseRetryAfter', () => {
  it.each([
    ['120', 120],
    [' 0 ', 0],
    ['2.5', 3],
    ['0.01', 1],
    ['3.0', 3],
    ['Tue, 24 Nov 2026 12:02:00 GMT', 120],
    ['Tuesday, 24-Nov-26 12:02:00 GMT', 120],
    ['Tue Nov 24 12:02:00 2026', 120],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['5, 10', 10],
    ['10, soon,  5', 10],
    ['5, Tue, 24 Nov 2026 12:02:00 GMT, Tue Nov 24 12:01:00 2026', 120],
  ])('reads %j', (value, seconds) => {
    expect(parseRetryAfter(value, NOW)).toBe(seconds);
  });

  it.each([undefined, '', 'soon', '-5', '1.', '.5', '1,5', '1e3', '0x10', '5s', '2026-11-24T12:02:00Z'])(
    'ignores %j',
    (value) => {
      expect(parseRetryAfter(value, NOW)).toBeNull();
    },
  );
});
