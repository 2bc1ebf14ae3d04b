import { forField, fromField, fromNow, inFull, roughly, took } from './format-time.js';

const AT = new Date('2026-11-26T10:03:11.204Z');

it('writes a time to the second, with its zone', () => {
  expect(inFull(AT, 'utc')).toBe('2026-11-26 10:03:11 UTC');
  expect(inFull(AT, 'local')).toMatch(/^2026-11-2\d \d\d:\d\d:11 [+−]\d\d:\d\d$/);
});

it.each(['utc', 'local'] as const)('reads back what a field shows: %s', (zone) => {
  expect(fromField(forField(AT, zone), zone)).toBe('2026-11-26T10:03:11.000Z');
  expect(fromField('', zone)).toBeUndefined();
  expect(fromField('no time', zone)).toBeUndefined();
  expect(fromField('0002-11-26T10:03:11', zone)).toBeUndefined();
});

it.each([
  [0, 'now'],
  [-90_000, '1 min ago'],
  [3 * 3_600_000, 'in 3 h'],
  [-49 * 3_600_000, '2 d ago'],
])('says how far away %d ms are', (distance, expected) => {
  expect(fromNow(new Date(AT.getTime() + distance), AT.getTime())).toBe(expected);
});

it('says how long something took', () => {
  expect([took(null), took(41), took(1_240), roughly(59_400)]).toEqual(['–', '41 ms', '1.2 s', '59 s']);
});
