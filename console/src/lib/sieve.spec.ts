import type { Webhook } from '../api/types.js';
import { passes, searchOf, sieveOf } from './sieve.js';

const webhook = {
  ...{ id: 'w', name: 'Archive', url: 'https://a.test', events: ['entity.*'], project_id: 'cold case' },
  ...{ active: true, circuit: 'closed', failing_since: null, missed_since: null },
} as unknown as Webhook;

it('comes back from the address as it was', () => {
  const sieve = { text: 'a & b', state: 'attention', project: '=cold case' };
  expect(sieveOf(new URLSearchParams(searchOf(sieve)))).toEqual(sieve);
  expect(searchOf({ text: '', state: '', project: '' })).toBe('');
});

it.each([
  ['', true],
  ['text=ARCH&project==cold+case&state=active', true],
  ['text=entity', true],
  ['text=other', false],
  ['state=attention', false],
  ['project=none', false],
])('lets through what it names: %s', (search, expected) => {
  expect(passes(webhook, sieveOf(new URLSearchParams(search)))).toBe(expected);
});
