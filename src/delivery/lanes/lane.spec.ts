import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lane } from './lane.js';

const HOUR_MS = 3600 * 1000;

function setUp(threshold = 3) {
  const time = { ms: 0 };
  const settings = { threshold, maxPauseMs: 10_000, jitter: 0, widest: 8, random: () => 0.5 };
  return { time, lane: new Lane({ ...settings, now: () => time.ms }) };
}

const ask = (lane: Lane, askedSeconds: number | null = null) =>
  lane.ended('free', { kind: 'wait', askedSeconds });
const fail = (lane: Lane) => lane.ended('free', { kind: 'failure' });
const succeed = (lane: Lane) => lane.ended('free', { kind: 'success' });

describe('the window of a lane', () => {
  it('begins with one probe and doubles with each answer up to the limit of a webhook', () => {
    const { lane } = setUp();
    const windows = [1, 2, 3, 4, 5].map(() => (lane.resize(true), lane.window));
    expect(windows).toEqual([2, 4, 8, 8, 8]);
  });

  it('is halved when no answer comes, down to one probe, and stays when nobody was asked', () => {
    const { lane } = setUp();
    for (let i = 0; i < 3; i += 1) lane.resize(true);
    const windows = [null, false, false, false, false].map(
      (answered) => (lane.resize(answered), lane.window),
    );
    expect(windows).toEqual([8, 4, 2, 1, 1]);
  });

  it('need not be open for what a person asks for, but the limit of a webhook holds', () => {
    const { lane } = setUp();
    lane.inFlight = 1;
    expect([lane.hasRoom(false), lane.hasRoom(true)]).toEqual([false, true]);
    lane.inFlight = 8;
    expect(lane.hasRoom(true)).toBe(false);
  });
});

describe('a lane that is asked to wait', () => {
  it('pauses for as long as asked, whatever is asked for less later', () => {
    const { lane, time } = setUp();
    expect(lane.isOpen).toBe(true);
    expect(ask(lane, 20)).toBe('paused');
    ask(lane, 1);
    ask(lane);
    expect([lane.isOpen, lane.allows, lane.tryAcquire(), lane.waitMs()]).toEqual([
      false,
      false,
      undefined,
      20_000,
    ]);
    time.ms = 20_000;
    expect([lane.isOpen, lane.tryAcquire()]).toEqual([true, 'free']);
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

  it('neither counts it as a failure nor as a success', () => {
    const { lane } = setUp(2);
    fail(lane);
    for (let i = 0; i < 50; i += 1) ask(lane, 1);
    expect(lane.isBarred).toBe(false);
    expect([fail(lane), lane.isBarred]).toEqual(['opened', true]);
    ask(lane, 1);
    expect(lane.isBarred).toBe(true);
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
    expect([lane.ended('probe', { kind: 'success' }), lane.isOpen]).toEqual(['closed', true]);
  });

  it('knows for how long it has been asked for nothing else', () => {
    const { lane, time } = setUp();
    ask(lane, 1);
    time.ms = 5000;
    ask(lane, 1);
    expect(lane.askedForMs()).toBe(5000);
    fail(lane);
    expect(lane.askedForMs()).toBe(0);
    lane.pauseFor(1000, 7000);
    expect(lane.askedForMs()).toBe(7000);
  });

  it('begins anew with another endpoint', () => {
    const { lane } = setUp(1);
    ask(lane, 20);
    fail(lane);
    expect([lane.reset(), lane.isOpen, lane.waitMs(), lane.reset()]).toEqual([true, true, 0, false]);
  });

  it('whatever happens: nothing passes in a pause, and every lane opens again with time and a success', () => {
    const step = fc.constantFrom('pass', 'success', 'failure', 'ask', 'ask 3', 'time');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const { lane, time } = setUp();
        for (const what of steps) {
          if (what === 'time') time.ms += 900;
          else if (what === 'pass')
            expect(lane.tryAcquire() === undefined || lane.pauseMs() === 0).toBe(true);
          else if (what === 'success') succeed(lane);
          else if (what === 'failure') fail(lane);
          else ask(lane, what === 'ask' ? null : 3);
          expect(lane.waitMs()).toBeLessThanOrEqual(HOUR_MS);
        }
        time.ms += HOUR_MS;
        succeed(lane);
        expect(lane.isOpen).toBe(true);
      }),
    );
  });
});

describe('a lane whose receiver has more to say than yes or no', () => {
  it('rests after a success that announces a limit, and nothing counts as asked', () => {
    const { lane, time } = setUp();
    expect(lane.ended('free', { kind: 'success', restSeconds: 2 })).toBe('none');
    expect([lane.isOpen, lane.waitMs(), lane.askedForMs()]).toEqual([false, 2000, 0]);
    time.ms = 2000;
    expect(lane.isOpen).toBe(true);
  });

  it('is barred at once by what somebody must repair, whatever the threshold, with longer and longer pauses', () => {
    const { lane, time } = setUp(0);
    expect(lane.ended('free', { kind: 'blocked' })).toBe('blocked');
    expect([lane.isBarred, lane.waitMs()]).toEqual([true, 1000]);
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
    expect(lane.isBarred).toBe(false);
    for (let n = 0; n < 2; n += 1) fail(lane);
    lane.ended('free', { kind: 'rejected' });
    expect(fail(lane)).toBe('opened');
  });

  it('lets the next probe go at once when one event is rejected', () => {
    const { lane, time } = setUp();
    lane.bar();
    time.ms = 1000;
    lane.ended(lane.tryAcquire() ?? 'free', { kind: 'rejected' });
    expect([lane.isBarred, lane.tryAcquire()]).toEqual([true, 'probe']);
  });
});
