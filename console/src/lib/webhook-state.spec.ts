import type { Info, Webhook } from '../api/types.js';
import { byUrgency, describeState } from './webhook-state.js';

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

it('says for how long one that fails is left alone, and until when', () => {
  const held = webhook('held', {
    ...{ failing_since: '2026-11-26T10:00:00Z', circuit: 'open', consecutive_failures: 12 },
  });
  const limits = { disable_after_days: 5, breaker_max_pause_seconds: 120 } as Info['limits'];
  expect(describeState(held, limits, (at) => at)).toBe(
    'Failing since 2026-11-26T10:00:00Z, 12 failed attempts in a row. Only single probes go out, with pauses of up to 2 min; ' +
      'the rest is held back and loses no attempt. It is switched off at 2026-12-01T10:00:00.000Z at the earliest, if nothing succeeds until then.',
  );
  expect(describeState(held, undefined, (at) => at)).toContain('with growing pauses;');
});
