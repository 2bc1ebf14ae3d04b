import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type BodyPlace, BodyRoom } from './body-room.js';

const MIB = 1024 * 1024;

let room: BodyRoom;

beforeEach(() => {
  jest.useFakeTimers();
  room = new BodyRoom();
});
afterEach(() => {
  jest.useRealTimers();
});

function enter(bytes: number) {
  const entered = { place: undefined as BodyPlace | undefined, error: undefined as any };
  room.enter(bytes).then(
    (place) => (entered.place = place),
    (error: unknown) => (entered.error = error),
  );
  return entered;
}

const pass = (ms = 0): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe('BodyRoom', () => {
  it('lets large bodies wait for each other, and small ones pass', async () => {
    const large = Array.from({ length: 4 }, () => enter(16 * MIB));
    const small = enter(1000);
    await pass();
    expect(large.map(({ place }) => place !== undefined)).toEqual([true, true, true, false]);
    expect(small.place).toBeDefined();
    expect([large[1]?.place?.isWanted, small.place?.isWanted]).toEqual([true, false]);
    large[0]?.place?.close();
    await pass();
    expect(large[3]?.place?.isWanted).toBe(false);
  });

  it('keeps the place of a body that outlives its request', async () => {
    const [first, second] = [enter(48 * MIB), enter(48 * MIB)];
    await pass();
    first.place?.keep();
    first.place?.close();
    await pass();
    expect(second.place).toBeUndefined();
    first.place?.leave();
    await pass();
    expect(second.place).toBeDefined();
  });

  it('refuses, unread, who waits in vain, and nobody else', async () => {
    let isAway = false;
    room.watch((waitedMs) => isAway && waitedMs >= 10_000);
    enter(48 * MIB);
    const waiting = enter(MIB);
    await pass(60_000);
    expect(waiting.error).toBeUndefined();
    isAway = true;
    const later = enter(MIB);
    await pass(500);
    expect(waiting.error.getStatus()).toBe(503);
    expect(waiting.error.headers).toEqual({ Connection: 'close' });
    expect([later.place, later.error]).toEqual([undefined, undefined]);
  });
});
