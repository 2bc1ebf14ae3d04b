import type { Match } from '../api/types.js';
import { askedData, questionOf, recipientsOf } from './recipients.js';

const MATCH: Match = {
  would_receive: [
    { webhook_id: 'all', name: 'All' },
    { webhook_id: 'wanting', name: 'Wants what has no data' },
  ],
  would_receive_total: 1500,
  would_not: [
    { webhook_id: 'people', name: 'People', reason: 'filtered' },
    { webhook_id: 'off', name: 'Off', reason: 'inactive' },
  ],
  would_not_total: 2,
};
const hasFilter = (id: string): boolean => ['wanting', 'people', 'off'].includes(id);
const ids = (all: readonly { readonly webhook_id: string }[]): string[] => all.map((one) => one.webhook_id);

it('says of a filter that was not asked about the data that it decides, and never that it would not', () => {
  const { will, willTotal, may, not, notTotal } = recipientsOf(MATCH, false, hasFilter);
  expect([ids(will), ids(may), ids(not)]).toEqual([['all'], ['wanting', 'people'], ['off']]);
  expect([willTotal, notTotal]).toEqual([1499, 1]);
});

it('takes the service at its word where it was asked about the data', () => {
  const { will, willTotal, may, not, notTotal } = recipientsOf(MATCH, true, hasFilter);
  expect([ids(will), ids(may), ids(not)]).toEqual([['all', 'wanting'], [], ['people', 'off']]);
  expect([willTotal, notTotal]).toEqual([1500, 2]);
});

it('asks about data that are an object, however long', () => {
  const long = JSON.stringify({ text: 'ä'.repeat(70_000) });
  for (const text of ['{"a":1.0}', long]) expect(askedData(text)).toBe(text);
  for (const text of ['', '{', '[]', 'null']) expect(askedData(text)).toBeUndefined();
});

it('asks with the data as they are written, and without what is not given', () => {
  expect(questionOf({ event: 'a"b', project: '', data: '{"n":1.00}' })).toBe(
    '{"event":"a\\"b","data":{"n":1.00}}',
  );
  expect(questionOf({ event: 'a', project: 'p', data: '{' })).toBe('{"event":"a","project_id":"p"}');
});
