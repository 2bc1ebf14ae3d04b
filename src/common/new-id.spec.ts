import { describe, expect, it, jest } from '@jest/globals';
import { validate, version } from 'uuid';
import { newId } from './new-id.js';

const COUNT = 5000;

describe('newId', () => {
  it('makes UUIDs of version 7, each once and each larger than the one before', () => {
    const ids = Array.from({ length: COUNT }, newId);
    expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true);
    expect(new Set(ids).size).toBe(COUNT);
    expect([...ids].sort()).toEqual(ids);
  });

  it('begins with the time, in ms', () => {
    const before = Date.now();
    const time = parseInt(newId().replace('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now() + 1);
  });

  it('follows a clock that was set back, and is not moved by one that is a little late', () => {
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now');
    const timeOf = (id: string): number => parseInt(id.replace('-', '').slice(0, 12), 16);
    try {
      clock.mockReturnValue(now + 3_600_000);
      expect(timeOf(newId())).toBe(now + 3_600_000);
      clock.mockReturnValue(now + 3_599_500);
      expect(timeOf(newId())).toBe(now + 3_600_000);
      clock.mockReturnValue(now);
      expect(timeOf(newId())).toBe(now);
    } finally {
      clock.mockRestore();
    }
  });

  it('ends in random bits: no two alike among more than one draw has', () => {
    const ends = Array.from({ length: COUNT }, () => newId().slice(-8));
    expect(new Set(ends).size).toBeGreaterThan(COUNT - 3);
  });
});
