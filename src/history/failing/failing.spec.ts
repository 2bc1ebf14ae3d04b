import { describe, expect, it } from '@jest/globals';
import { isFailing, judge, probePauseMs, type FailingLimits, type FailingWebhook } from './failing.js';

const NOW = Date.UTC(2026, 0, 10);
const HOUR = 3600 * 1000;
const ago = (ms: number): string => new Date(NOW - ms).toISOString();

const limits: FailingLimits = {
  threshold: 10,
  disableAfterMs: 5 * 24 * HOUR,
  disableAfterFailures: 20,
  noticePauseMs: HOUR,
};
const failing: FailingWebhook = {
  webhookId: 'w',
  name: 'n',
  projectId: null,
  active: true,
  failingSince: ago(HOUR),
  failedAttempts: 10,
  blocked: false,
  failedDeliveries: 2,
  toldSince: null,
  toldAt: null,
};
const old = { failingSince: ago(5 * 24 * HOUR), failedDeliveries: 20 };

describe('judge', () => {
  it.each<[string, Partial<FailingWebhook>, string]>([
    ['fails for long enough and often enough', old, 'switch-off'],
    ['lacks one failed delivery', { ...old, failedDeliveries: 19, toldSince: old.failingSince }, 'leave'],
    ['lacks a millisecond', { ...old, failingSince: ago(5 * 24 * HOUR - 1), failedAttempts: 1 }, 'leave'],
    ['is switched off already', { ...old, active: false }, 'leave'],
    ['has just begun to fail', {}, 'tell-failing'],
    ['has not failed often enough', { failedAttempts: 9 }, 'leave'],
    ['is blocked', { failedAttempts: 1, blocked: true }, 'tell-failing'],
    [
      'is blocked and was told of',
      { failedAttempts: 9, blocked: true, toldSince: failing.failingSince, toldAt: ago(HOUR) },
      'leave',
    ],
    ['was told of', { toldSince: failing.failingSince, toldAt: ago(HOUR) }, 'leave'],
    ['fails again, soon after it was told of', { toldAt: ago(HOUR - 1) }, 'leave'],
    ['fails again, long after it was told of', { toldAt: ago(HOUR) }, 'tell-failing'],
    ['was told of and answers', { toldSince: ago(2 * HOUR), failingSince: null }, 'tell-recovered'],
    ['answered in between and fails again', { toldSince: ago(2 * HOUR) }, 'tell-recovered'],
    ['answers', { failingSince: null, failedAttempts: 0 }, 'leave'],
  ])('a webhook that %s', (_, webhook, verdict) => {
    expect(judge({ ...failing, ...webhook }, limits, NOW)).toBe(verdict);
  });

  it('never switches off when that is off, and tells of no outage without a breaker', () => {
    const told = { toldSince: old.failingSince };
    expect(judge({ ...failing, ...old, ...told }, { ...limits, disableAfterMs: 0 }, NOW)).toBe('leave');
    expect(judge(failing, { ...limits, threshold: 0 }, NOW)).toBe('leave');
    expect(judge({ ...failing, blocked: true }, { ...limits, threshold: 0 }, NOW)).toBe('tell-failing');
  });
});

describe('isFailing', () => {
  it('holds from the threshold on, and never with 0', () => {
    const fails = (failedAttempts: number, threshold = 10): boolean =>
      isFailing({ failedAttempts, blocked: false }, threshold);
    expect([9, 10, 11].map((failedAttempts) => fails(failedAttempts))).toEqual([false, true, true]);
    expect(fails(100, 0)).toBe(false);
  });

  it('holds at once for what is blocked, also without a threshold', () => {
    expect([10, 0].map((threshold) => isFailing({ failedAttempts: 1, blocked: true }, threshold))).toEqual([
      true,
      true,
    ]);
  });
});

describe('probePauseMs', () => {
  it.each([
    [0, 10_000],
    [20_000, 10_000],
    [60_000, 30_000],
    [HOUR, 300_000],
  ])('after %i ms is %i ms', (failingFor, pause) => {
    expect(probePauseMs(failingFor, 300_000)).toBe(pause);
  });
});
