import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../common/domain-error.js';
import { toTimeRange } from './time-range.js';

function problems(...given: Parameters<typeof toTimeRange>): unknown {
  try {
    return toTimeRange(...given);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.fields.map(({ loc, msg }) => `${loc.join('.')} ${msg}`);
  }
}

describe('toTimeRange', () => {
  it.each([
    [{}, {}],
    [{ since: null, until: undefined }, {}],
    [{ since: '2026-01-01T02:00:00+02:00' }, { since: '2026-01-01T00:00:00.000Z' }],
    [{ until: '9999-12-31T23:59:59-05:00' }, { until: '9999-12-31T23:59:59.999Z' }],
    [
      { since: '2026-01-01T01:00:00+01:00', until: '2026-01-01T00:00:00Z' },
      { since: '2026-01-01T00:00:00.000Z', until: '2026-01-01T00:00:00.000Z' },
    ],
  ])('%j is %j', (given, range) => {
    expect(toTimeRange(given)).toEqual(range);
  });

  it('says when the bounds are the wrong way round, by the instant, not by the text', () => {
    const given = { since: '2026-01-01T00:00:00-01:00', until: '2026-01-01T00:30:00Z' };
    expect(problems(given, 'query')).toEqual(['query.until must not be before since']);
  });

  it('names each bound that is no time', () => {
    expect(problems({ since: 'today', until: '2026-13-01T00:00:00Z' })).toEqual([
      'since must be an RFC 3339 time',
      'until must be an RFC 3339 time',
    ]);
  });
});
