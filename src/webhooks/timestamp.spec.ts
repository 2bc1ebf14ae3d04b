import { describe, expect, it } from '@jest/globals';
import { isTimestamp, toInstant } from './timestamp.js';

describe('isTimestamp', () => {
  it.each([
    '2026-01-31T12:00:00Z',
    '2026-01-31t12:00:00z',
    '2024-02-29T23:59:59.123456789+05:30',
    '2016-12-31T23:59:60Z',
  ])('takes %s', (text) => expect(isTimestamp(text)).toBe(true));

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00+5:30',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
    'now',
  ])('refuses %j', (text) => expect(isTimestamp(text)).toBe(false));
});

describe('toInstant', () => {
  it.each([
    ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31t12:00:00.1239z', '2026-01-31T12:00:00.123Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2016-12-31T18:59:60.5-05:00', '2017-01-01T00:00:00.500Z'],
  ])('%s is %s', (text, instant) => expect(toInstant(text)).toBe(instant));
});
