import type { Stats, Webhook } from '../api/types.js';
import { isCalmStart, isNew } from './first-start.js';

const stats = (successful_deliveries: number, failed_deliveries: number, pending_deliveries = 0) =>
  ({ successful_deliveries, failed_deliveries, pending_deliveries }) as Stats;
const webhook = (failing_since: string | null) =>
  ({ active: true, circuit: 'closed', failing_since, missed_since: null }) as Webhook;
const [good, failing] = [webhook(null), webhook('2026-11-26T10:00:00Z')];

it('is over with the first delivery that ended, also where all of them failed', () => {
  expect([stats(0, 0), stats(0, 0, 7), stats(1, 0), stats(0, 10_000)].map(isNew)).toEqual([
    ...[true, true],
    ...[false, false],
  ]);
});

it('hides nothing that somebody has to look at', () => {
  expect(isCalmStart(stats(0, 0, 1), [good])).toBe(true);
  expect(isCalmStart(stats(0, 0, 1), [good, failing])).toBe(false);
  expect(isCalmStart(stats(0, 1), [good])).toBe(false);
});
