import { isUuid } from './is-uuid.js';

it('tells ids from other routes of the API', () => {
  expect(isUuid('0190b6e2-0000-7000-8000-000000000001')).toBe(true);
  for (const other of ['stats', 'events', 'formats', 'deliveries', 'activity', 'match', ''])
    expect(isUuid(other)).toBe(false);
});
