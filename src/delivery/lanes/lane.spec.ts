import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Endpoint } from '../model/endpoint.js';
import { Lane, type Shared } from './lane.js';

const HOUR_MS = 3600 * 1000;

function setUp(threshold = 3) {
  const time = { ms: 0 };
  const settings = { threshold, maxPauseMs: 10_000, jitter: 0, widest: 8, throttlePerSecond: Infinity };
  return { time, lane: new Lane({ ...settings, random: () => 0.5, now: () => time.ms }) };
}

const ask = (lane: Lane, askedSeconds: number | null = null) =>
  lane.ended('free', { kind: 'wait', askedSeconds });
const fail = (lane: Lane) => lane.ended('free', { kind: 'failure' });
const succeed = (lane: Lane) => lane.ended('free', { kind: 'success' });

describe('the window of a lane', () => {
  it('begins with one probe and doubles with each answer up to the limit of a webhook', () => {
    const { lane } = setUp();
    const windows = [1, 2, 3, 4, 5].map(() => (lane.window.resize(true), lane.window.size));
    expect(windows).toEqual([2, 4, 8, 8, 8]);
  });

  it('is halved when no answer comes, down to one probe, and stays when nobody was asked', () => {
    const { lane } = setUp();
    for (let i = 0; i < 3; i += 1) lane.window.resize(true);
    const windows = [null, false, false, false, false].map(
      (answered) => (lane.window.resize(answered), lane.window.size),
    );
    expect(windows).toEqual([8, 4, 2, 1, 1]);
  });

  it('need not be open for what a person asks for, but the limit of a webhook holds', () => {
    const { lane } = setUp();
    lane.window.inFlight = 1;
    expect([lane.window.hasRoom(false), lane.window.hasRoom(true)]).toEqual([false, true]);
    lane.window.inFlight = 8;
    expect(lane.window.hasRoom(true)).toBe(false);
  });
});

describe('a lane that is asked to wait', () => {
  it('pauses for as long as asked, whatever is asked for less later', () => {
    const { lane, time } = setUp();
    expect(lane.isClear).toBe(true);
    expect(ask(lane, 20)).toBe('paused');
    ask(lane, 1);
    ask(lane);
    expect([lane.isClear, lane.defers(false), lane.tryAcquire(), lane.waitMs()]).toEqual([
      false,
      true,
      undefined,
      20_000,
    ]);
    time.ms = 20_000;
    expect([lane.isClear, lane.tryAcquire()]).toEqual([true, 'free']);
  });

  it('pauses for an hour at most', () => {
    const { lane } = setUp();
    ask(lane, 86_400);
    expect(lane.waitMs()).toBe(HOUR_MS);
  });

  it.each([null, 0])(
    'makes pauses of its own that grow up to a minute when the receiver says %s',
    (seconds) => {
      const { lane, time } = setUp();
      const pauses = Array.from({ length: 8 }, () => {
        // All that were in flight are asked: one pause.
        for (let i = 0; i < 5; i += 1) ask(lane, seconds);
        const pause = lane.waitMs();
        time.ms += pause;
        return pause / 1000;
      });
      expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
      succeed(lane);
      ask(lane, seconds);
      expect(lane.waitMs()).toBe(1000);
    },
  );

  it('begins its own pauses with that of the format, which grow as well, and obeys a time that is named', () => {
    const { lane, time } = setUp();
    const busy = (askedSeconds: number | null) => {
      lane.ended('free', { kind: 'wait', askedSeconds, firstSeconds: 5 });
      const pause = lane.waitMs();
      time.ms += pause;
      return pause / 1000;
    };
    expect([null, null, 2, null, null, null].map(busy)).toEqual([5, 10, 2, 20, 40, 60]);
    succeed(lane);
    expect(busy(null)).toBe(5);
  });

  it('neither counts it as a failure nor as a success', () => {
    const { lane } = setUp(2);
    fail(lane);
    for (let i = 0; i < 50; i += 1) ask(lane, 1);
    expect(lane.breaker.isOpen).toBe(false);
    expect([fail(lane), lane.breaker.isOpen]).toEqual(['opened', true]);
    ask(lane, 1);
    expect(lane.breaker.isOpen).toBe(true);
  });

  it('as the answer to a probe, sends the next probe after the pause', () => {
    const { lane, time } = setUp(1);
    fail(lane);
    time.ms = 1000;
    expect([lane.tryAcquire(), lane.tryAcquire()]).toEqual(['probe', undefined]);
    lane.ended('probe', { kind: 'wait', askedSeconds: 5 });
    expect([lane.waitMs(), lane.tryAcquire()]).toEqual([5000, undefined]);
    time.ms = 6000;
    expect([lane.tryAcquire(), lane.tryAcquire()]).toEqual(['probe', undefined]);
    expect([lane.ended('probe', { kind: 'success' }), lane.isClear]).toEqual(['closed', true]);
  });

  it('knows for how long it has been asked for nothing else', () => {
    const { lane, time } = setUp();
    ask(lane, 1);
    time.ms = 5000;
    ask(lane, 1);
    expect(lane.pause.askedForMs).toBe(5000);
    fail(lane);
    expect(lane.pause.askedForMs).toBe(0);
    lane.pause.lengthen(1000, 7000);
    expect(lane.pause.askedForMs).toBe(7000);
  });

  it('begins anew with another endpoint', () => {
    const { lane } = setUp(1);
    ask(lane, 20);
    fail(lane);
    expect([lane.reset(), lane.isClear, lane.waitMs(), lane.reset()]).toEqual([true, true, 0, false]);
  });

  it('whatever happens: nothing passes in a pause, and every lane opens again with time and a success', () => {
    const step = fc.constantFrom('pass', 'success', 'failure', 'ask', 'ask 3', 'time');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const { lane, time } = setUp();
        for (const what of steps) {
          if (what === 'time') time.ms += 900;
          else if (what === 'pass')
            expect(lane.tryAcquire() === undefined || lane.pause.leftMs === 0).toBe(true);
          else if (what === 'success') succeed(lane);
          else if (what === 'failure') fail(lane);
          else ask(lane, what === 'ask' ? null : 3);
          expect(lane.waitMs()).toBeLessThanOrEqual(HOUR_MS);
        }
        time.ms += HOUR_MS;
        succeed(lane);
        expect(lane.isClear).toBe(true);
      }),
    );
  });
});

describe('a lane whose receiver has more to say than yes or no', () => {
  it('rests after a success that announces a limit, and nothing counts as asked', () => {
    const { lane, time } = setUp();
    expect(lane.ended('free', { kind: 'success', restSeconds: 2 })).toBe('none');
    expect([lane.isClear, lane.waitMs(), lane.pause.askedForMs]).toEqual([false, 2000, 0]);
    time.ms = 2000;
    expect(lane.isClear).toBe(true);
  });

  it('opens its breaker at once by what somebody must repair, whatever the threshold, with longer and longer pauses', () => {
    const { lane, time } = setUp(0);
    expect(lane.ended('free', { kind: 'blocked' })).toBe('blocked');
    expect([lane.breaker.isOpen, lane.waitMs()]).toEqual([true, 1000]);
    time.ms = 1000;
    expect(lane.tryAcquire()).toBe('probe');
    expect(lane.ended('probe', { kind: 'blocked' })).toBe('none');
    expect(lane.waitMs()).toBe(2000);
    time.ms = 3000;
    expect(lane.ended(lane.tryAcquire() ?? 'free', { kind: 'success' })).toBe('closed');
  });

  it('counts no event that is rejected as a failure, nor as a success', () => {
    const { lane } = setUp();
    for (let n = 0; n < 9; n += 1) lane.ended('free', { kind: 'rejected' });
    expect(lane.breaker.isOpen).toBe(false);
    for (let n = 0; n < 2; n += 1) fail(lane);
    lane.ended('free', { kind: 'rejected' });
    expect(fail(lane)).toBe('opened');
  });

  it('lets the next probe go at once when one event is rejected', () => {
    const { lane, time } = setUp();
    lane.breaker.open();
    time.ms = 1000;
    lane.ended(lane.tryAcquire() ?? 'free', { kind: 'rejected' });
    expect([lane.breaker.isOpen, lane.tryAcquire()]).toEqual([true, 'probe']);
  });
});

describe('the next delivery of a lane', () => {
  const endpoint = { pace: { key: 'a', perSecond: 1, burst: 1 } } as Endpoint;

  function around(
    is: { leased?: boolean; slot?: boolean; paceMs?: number; unthrottled?: boolean } = {},
  ): Shared {
    const { leased = true, slot = true, paceMs = 0, unthrottled = true } = is;
    return {
      lease: { isHeld: () => leased },
      slots: { has: () => slot },
      paces: { waitMs: (pace) => (pace ? paceMs : 0) },
      throttle: { isOff: unthrottled },
    };
  }

  it('goes back to the graph in a pause and behind an open breaker, but not what a person asks for', () => {
    const { lane } = setUp(1);
    expect([lane.defers(false), lane.defers(true)]).toEqual([false, false]);
    ask(lane, 1);
    expect([lane.defers(false), lane.defers(true)]).toEqual([true, false]);
    lane.pause.end();
    fail(lane);
    expect([lane.defers(false), lane.defers(true)]).toEqual([true, false]);
  });

  it('meets window, lease, common slot, pace and throttle in this order', () => {
    const { lane } = setUp();
    lane.endpoint = endpoint;
    const all = { leased: false, slot: false, paceMs: 5, unthrottled: false };
    expect(lane.obstacle(false, around(all))).toBe('lease');
    expect(lane.obstacle(false, around({ ...all, leased: true }))).toBe('slot');
    expect(lane.obstacle(false, around({ ...all, leased: true, slot: true }))).toBe('pace');
    expect(lane.obstacle(false, around({ unthrottled: false }))).toBe('turn');
    expect(lane.obstacle(false, around())).toBeUndefined();
    lane.window.inFlight = 1;
    expect([lane.obstacle(false, around(all)), lane.obstacle(true, around(all))]).toEqual([
      'window',
      'lease',
    ]);
  });
});
