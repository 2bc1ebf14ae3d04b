import type { DeliveryNews } from '../live/connection.js';
import { asQuery, filterOf, isNarrow, wouldShow } from './delivery-filter.js';

const NOW = Date.parse('2026-11-26T12:00:00.000Z');
const news = {
  status: 'failed',
  webhook_id: 'w',
  event: 'e',
  project_id: 'p',
  created_at: '2026-11-26T11:00:00Z',
};
const shows = (search: string): boolean =>
  wouldShow(filterOf(new URLSearchParams(search)), news as unknown as DeliveryNews);

it('asks the API for what the address says', () => {
  const filter = filterOf(new URLSearchParams('status=failed&range=24h&cursor=c&other=1&event='));
  expect(asQuery(filter, NOW)).toEqual({ status: 'failed', cursor: 'c', since: '2026-11-25T12:00:00.000Z' });
  expect(isNarrow(filter)).toBe(true);
  expect(isNarrow({ cursor: 'c' })).toBe(false);
});

it.each([
  ['', true],
  ['status=failed&webhook_id=w&event=e&project_id=p', true],
  ['status=success', false],
  ['webhook_id=x', false],
  ['event=x', false],
  ['project_id=x', false],
  ['cursor=c', false],
  ['range=exact&until=2026-11-26T10:00:00Z', false],
  ['range=exact&since=2026-11-26T10:00:00Z', true],
])('knows whether a new delivery belongs into the list: %s', (search, expected) => {
  expect(shows(search)).toBe(expected);
});
