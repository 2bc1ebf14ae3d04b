import type { Webhook } from '../api/types.js';
import { byUrgency } from './webhook-state.js';

const webhook = (name: string, more: Partial<Webhook> = {}) =>
  ({
    ...{ name, active: true, locked: false, circuit: 'closed' },
    ...{ failing_since: null, disabled_reason: null, missed_since: null },
    ...more,
  }) as Webhook;

it('puts what needs somebody first, the worst of it at the top', () => {
  const failing_since = '2026-11-26T10:00:00Z';
  const all = [
    webhook('10 good'),
    webhook('9 good'),
    webhook('paused', { active: false }),
    webhook('failing', { failing_since }),
    webhook('held', { failing_since, circuit: 'open' }),
    webhook('off', { active: false, disabled_reason: 'gone' }),
    webhook('missed some', { missed_since: failing_since }),
  ];
  expect(all.sort(byUrgency).map(({ name }) => name)).toEqual([
    ...['off', 'held', 'failing', 'missed some'],
    ...['9 good', '10 good', 'paused'],
  ]);
});
