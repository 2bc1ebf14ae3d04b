import { ApiError } from './call.js';
import { nextRead, pauseAfter } from './use-query.js';

const away = new ApiError(0, 'The service does not answer.');

it('asks again what does not answer, with growing pauses, until it does', () => {
  const query = { state: { status: 'pending', error: null, errorUpdateCount: 0 } } as never;
  const after = (state: object, every: number | false = false): number | false => {
    Object.assign((query as { state: object }).state, state);
    return nextRead(query, every);
  };
  expect(after({})).toBe(false);
  expect(after({ status: 'error', error: away, errorUpdateCount: 1 })).toBe(2_000);
  expect(after({ errorUpdateCount: 2 }, 15_000)).toBe(4_000);
  expect(after({ errorUpdateCount: 9 })).toBe(30_000);
  expect(after({ status: 'success', error: null }, 15_000)).toBe(15_000);
  // The next outage begins at the beginning.
  expect(after({ status: 'error', error: new ApiError(503, 'away'), errorUpdateCount: 10 })).toBe(2_000);
  expect(after({ error: new ApiError(404, 'There is none.'), errorUpdateCount: 11 }, 15_000)).toBe(15_000);
  expect(pauseAfter(1)).toBe(2_000);
  // Where the service says when to ask, it is not asked before.
  const wait = { ms: 5_000, until: '2026-11-26T10:00:05Z' };
  expect(after({ error: new ApiError(503, 'away', [], wait), errorUpdateCount: 12 })).toBe(8_000);
  expect(pauseAfter(1, new ApiError(503, 'away', [], wait))).toBe(5_000);
});
