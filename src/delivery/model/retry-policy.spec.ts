import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OutcomeWord } from '../../formats/format.js';
import { DEFAULT_RETRY_CONFIG, type AttemptResult } from './delivery.js';
import { backoffSeconds, decide, isRejection } from './retry-policy.js';

const exact = { jitter: 0, random: () => 0.5 };

function answered(responseCode: number | null, retryAfterSeconds: number | null = null): AttemptResult {
  const error =
    responseCode === 200
      ? { errorMessage: null, errorCode: null }
      : { errorMessage: 'HTTP', errorCode: 'http' as const };
  return { startedAt: '', durationMs: 1, responseCode, responseBody: '', ...error, retryAfterSeconds };
}

const retries = fc.record({
  maxRetries: fc.integer({ min: 0, max: 10 }),
  initialDelay: fc.double({ min: 0.1, max: 60, noNaN: true }),
  maxDelay: fc.double({ min: 1, max: 3600, noNaN: true }),
  backoffMultiplier: fc.double({ min: 1, max: 10, noNaN: true }),
});

describe('backoffSeconds', () => {
  it('doubles from one second by default', () => {
    expect([1, 2, 3, 4].map((n) => backoffSeconds(DEFAULT_RETRY_CONFIG, n, exact))).toEqual([1, 2, 4, 8]);
  });

  it('never exceeds the longest delay by more than the jitter, and never shrinks below it', () => {
    const failures = fc.integer({ min: 1, max: 11 });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const jitter = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(retries, failures, random, jitter, (retry, n, r, j) => {
        const plain = Math.min(retry.initialDelay * retry.backoffMultiplier ** (n - 1), retry.maxDelay);
        const delay = backoffSeconds(retry, n, { jitter: j, random: () => r });
        expect(delay).toBeGreaterThanOrEqual(plain * (1 - j) - 1e-9);
        expect(delay).toBeLessThanOrEqual(plain * (1 + j) + 1e-9);
      }),
    );
  });
});

describe('without jitter', () => {
  it('no delay is shorter than the one before, nor negative, nor endless', () => {
    fc.assert(
      fc.property(retries, (retry) => {
        const delays = Array.from({ length: 11 }, (_, n) => backoffSeconds(retry, n + 1, exact));
        expect(delays).toEqual([...delays].sort((a, b) => a - b));
        expect(delays[0]).toBe(Math.min(retry.initialDelay, retry.maxDelay));
        for (const delay of delays) {
          expect(delay).toBeGreaterThan(0);
          expect(delay).toBeLessThanOrEqual(retry.maxDelay);
        }
      }),
    );
  });
});

describe('decide', () => {
  it('never waits a negative time, whatever the receiver asks', () => {
    const asked = fc.oneof(
      fc.constant(null),
      fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true }),
    );
    const options = fc.record({
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map((value) => () => value),
    });
    fc.assert(
      fc.property(retries, fc.constantFrom(429, 503, 500), asked, options, (retry, status, seconds, own) => {
        const decision = decide(retry, 1, answered(status, seconds), own);
        if (decision.kind !== 'retry') return;
        expect(decision.delaySeconds).toBeGreaterThanOrEqual(0);
        expect(decision.delaySeconds).toBeLessThanOrEqual(retry.maxDelay * (1 + own.jitter) + 1e-9);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([200, 201, 204, 299])('takes %i for a success', (status) => {
    expect(decide(DEFAULT_RETRY_CONFIG, 1, answered(status), exact)).toEqual({ kind: 'success' });
  });

  it.each([199, 301, 302, 400, 404, 500, null])('retries after %s', (status) => {
    const decision = decide(DEFAULT_RETRY_CONFIG, 1, answered(status), exact);
    expect(decision).toEqual({ kind: 'retry', delaySeconds: 1 });
  });

  it('makes max_retries + 1 attempts in all', () => {
    fc.assert(
      fc.property(retries, (retry) => {
        let attempts = 1;
        while (decide(retry, attempts, answered(500), exact).kind === 'retry') attempts += 1;
        expect(attempts).toBe(retry.maxRetries + 1);
      }),
    );
  });

  it('stops at once when the endpoint is gone', () => {
    expect(decide(DEFAULT_RETRY_CONFIG, 1, answered(410), exact)).toEqual({ kind: 'gone' });
  });

  it.each([
    [429, 20],
    [429, null],
    [429, 0],
    [503, 20],
    [503, 0],
  ])('takes %i with Retry-After %s for a wish to wait, however many attempts were made', (status, asked) => {
    for (const failures of [1, 4, 5]) {
      const decision = decide(DEFAULT_RETRY_CONFIG, failures, answered(status, asked), exact);
      expect(decision).toEqual({ kind: 'wait', askedSeconds: asked });
    }
  });

  it('takes a 503 that does not say until when for a failure', () => {
    expect(decide(DEFAULT_RETRY_CONFIG, 1, answered(503), exact)).toEqual({ kind: 'retry', delaySeconds: 1 });
    expect(decide(DEFAULT_RETRY_CONFIG, 4, answered(503), exact)).toEqual({ kind: 'failed' });
  });

  it('ignores Retry-After of other answers', () => {
    expect(decide(DEFAULT_RETRY_CONFIG, 1, answered(500, 20), exact)).toEqual({
      kind: 'retry',
      delaySeconds: 1,
    });
  });
});

describe('isRejection', () => {
  it.each([
    [null, false],
    [500, false],
    [503, false],
    [302, false],
    [401, false],
    [403, false],
    [404, false],
    [408, false],
    [429, false],
    [400, true],
    [413, true],
    [422, true],
  ])('of %p is %p', (status, rejected) => {
    expect(isRejection(status)).toBe(rejected);
  });
});

describe('decide, by the word of a format', () => {
  const retry = DEFAULT_RETRY_CONFIG;
  const taken = (
    word: OutcomeWord,
    more: { waitSeconds?: number; status?: number; retryAfter?: number } = {},
    failures = 1,
  ) => {
    const { waitSeconds, status = 200, retryAfter = null } = more;
    const interpretation = { outcome: word, ...(waitSeconds !== undefined && { waitSeconds }) };
    return decide(retry, failures, { ...answered(status, retryAfter), interpretation }, exact);
  };

  it('goes by the word and not by the status', () => {
    expect(taken('success', { status: 409 })).toEqual({ kind: 'success' });
    expect(taken('rejected')).toEqual({ kind: 'rejected' });
    expect(taken('blocked')).toEqual({ kind: 'blocked' });
    expect(taken('gone')).toEqual({ kind: 'gone' });
    expect(taken('retry')).toEqual({ kind: 'retry', delaySeconds: 1 });
    expect(taken('retry', {}, 4)).toEqual({ kind: 'failed' });
  });

  it('waits for the longer of the times in the body and in the header', () => {
    expect(taken('throttled')).toEqual({ kind: 'wait', askedSeconds: null });
    expect(taken('throttled', { waitSeconds: 3 })).toEqual({ kind: 'wait', askedSeconds: 3 });
    expect(taken('throttled', { waitSeconds: 3, retryAfter: 9 })).toEqual({ kind: 'wait', askedSeconds: 9 });
  });

  it('passes on with which pause to begin where no time is named', () => {
    const busy = { outcome: 'throttled', firstWaitSeconds: 5 } as const;
    const after = (retryAfter: number | null) =>
      decide(retry, 1, { ...answered(503, retryAfter), interpretation: busy }, exact);
    expect(after(null)).toEqual({ kind: 'wait', askedSeconds: null, firstSeconds: 5 });
    expect(after(30)).toEqual({ kind: 'wait', askedSeconds: 30, firstSeconds: 5 });
  });

  it('waits for a 503 that says until when, and retries one that does not', () => {
    expect(taken('retry', { status: 503, retryAfter: 9 })).toEqual({ kind: 'wait', askedSeconds: 9 });
    expect(taken('retry', { status: 503 })).toMatchObject({ kind: 'retry' });
  });

  it('retries no sooner than the format says, and rests after a success that announces a limit', () => {
    expect(taken('retry', { waitSeconds: 5 })).toEqual({ kind: 'retry', delaySeconds: 5 });
    expect(taken('success', { waitSeconds: 5 })).toEqual({ kind: 'success', restSeconds: 5 });
  });
});
