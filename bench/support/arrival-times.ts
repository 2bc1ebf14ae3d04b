import type { Receiver } from './receiver.js';
import type { Report } from './report.js';
import { percentile } from './statistics.js';

/** When each event was called for, by its id; ms of the clock that `now` reads. */
export type Calls = ReadonlyMap<string, number>;

/**
 * Emits, waits until each event has arrived at every one of `webhooks` paths with `/timed`, and answers how long each
 * arrival took from the call, ms.
 */
export async function arrivalTimes(
  receiver: Receiver,
  webhooks: number,
  patienceMs: number,
  emit: () => Promise<Calls>,
): Promise<number[]> {
  await receiver.tell('reset');
  const calls = await emit();
  await receiver.untilTimed(calls.size * webhooks, patienceMs);
  return (await receiver.arrivals()).flatMap(([id, at]) => {
    const called = calls.get(id);
    return called === undefined ? [] : [at - called];
  });
}

/** Adds p50, p99 and the worst to the report. */
export function reportTimes(report: Report, subject: string, times: readonly number[]): void {
  report.add(subject, 'p50', percentile(times, 0.5), 'ms');
  report.add(subject, 'p99', percentile(times, 0.99), 'ms');
  report.add(subject, 'worst', Math.max(...times), 'ms');
}
