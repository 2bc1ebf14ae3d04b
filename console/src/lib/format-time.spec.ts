import { jest } from '@jest/globals';
import {
  forField,
  fromField,
  fromNow,
  hourInFull,
  hoursAgo,
  inFull,
  roughly,
  took,
  underHead,
} from './format-time.js';

const AT = new Date('2026-11-26T10:03:11.204Z');

it('writes a time to the second, with its zone', () => {
  expect(inFull(AT, 'utc')).toBe('2026-11-26 10:03:11 UTC');
  expect(inFull(AT, 'local')).toMatch(/^2026-11-2\d \d\d:\d\d:11 [+−]\d\d:\d\d$/);
});

it('names the zone beside a time where it is not that of the heading', () => {
  const winter = new Date('2026-01-26T10:03:11Z');
  const offset = jest.spyOn(Date.prototype, 'getTimezoneOffset');
  offset.mockImplementation(function (this: Date) {
    return this.getTime() === winter.getTime() ? -60 : -120;
  });
  expect(underHead(winter, 'local', AT)).toMatch(/:03:11 \+01:00$/);
  expect(underHead(AT, 'local', AT)).toMatch(/:03:11$/);
  expect(underHead(winter, 'utc', AT)).toBe('2026-01-26 10:03:11');
  offset.mockRestore();
});

it('covers at least so many hours, and says from when on', () => {
  expect(hoursAgo(24, AT.getTime())).toBe('2026-11-25T10:00:00.000Z');
  expect(hourInFull(new Date(hoursAgo(24, AT.getTime())), 'utc')).toBe('11-25 10:00 UTC');
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
