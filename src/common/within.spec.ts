import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { within } from './within.js';

describe('within', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('passes on what comes in time, and leaves no timer behind', async () => {
    await expect(within(100, Promise.resolve(1))).resolves.toBe(1);
    await expect(within(100, Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives up after its time', async () => {
    const late = expect(within(100, new Promise(() => undefined))).rejects.toThrow('No answer within 100 ms');
    await jest.advanceTimersByTimeAsync(100);
    await late;
  });

  it('says so in the words of whoever asked', async () => {
    const late = expect(within(1, new Promise(() => undefined), () => new Error('gone'))).rejects.toThrow(
      'gone',
    );
    await jest.advanceTimersByTimeAsync(1);
    await late;
  });
});
