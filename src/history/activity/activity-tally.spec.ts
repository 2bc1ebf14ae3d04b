import { describe, expect, it } from '@jest/globals';
import { ActivityTally } from './activity-sums.js';

const EIGHT = Date.parse('2026-11-26T08:00:00Z');
const attempt = { answer: '5xx', durationMs: 7 } as const;

describe('ActivityTally', () => {
  it('counts each webhook and all together, by the hour', () => {
    const tally = new ActivityTally();
    tally.note('a', EIGHT, { status: 'retrying', attempt });
    tally.note('a', EIGHT + 1, { status: 'success', attempt: { answer: '2xx', durationMs: 3 } });
    tally.note('b', EIGHT + 3_600_000, { status: 'failed', attempt: { answer: 'timed_out', durationMs: 9 } });
    tally.note('b', EIGHT + 3_600_000, { status: 'failed' });
    const none = { succeeded: 0, failed: 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0 };
    const ofA = { ...none, succeeded: 1, attempts: 2, durationMs: 10, '2xx': 1, '5xx': 1 };
    const ofB = { ...none, failed: 2, attempts: 1, durationMs: 9, none: 1 };
    expect(tally.hours('a')).toEqual([{ from: EIGHT, sums: ofA }]);
    expect(tally.hours('b')).toEqual([{ from: EIGHT + 3_600_000, sums: ofB }]);
    expect(tally.hours(null)).toEqual([
      { from: EIGHT, sums: ofA },
      { from: EIGHT + 3_600_000, sums: ofB },
    ]);
    expect(tally.webhooks()).toEqual(['a', 'b']);
  });

  it('has what was taken no longer, until it is put back', () => {
    const tally = new ActivityTally();
    tally.note('a', EIGHT, { status: 'failed', attempt });
    const taken = tally.take();
    expect(taken.map(({ webhookId }) => webhookId)).toEqual(['a', null]);
    expect(tally.hours('a')).toEqual([]);
    expect(tally.take()).toEqual([]);
    tally.note('a', EIGHT, { status: 'success', attempt });
    tally.putBack(taken);
    expect(tally.hours('a')).toMatchObject([{ sums: { succeeded: 1, failed: 1, attempts: 2, '5xx': 2 } }]);
  });
});
