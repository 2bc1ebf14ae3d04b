import { beginOf, HOUR_MS, type HourSums } from './activity-buckets.js';
import { add, count, noSums, type Happening, type Sums } from './activity-sums.js';
import type { Addition } from './activity.neo4j.repository.js';

/** The sums of this process that are not in the graph yet: by webhook, null = all together, and by the hour. */
export class ActivityTally {
  private waiting = new Map<string | null, Map<number, Sums>>();

  note(webhookId: string, at: number, happening: Happening): void {
    const from = beginOf(at, HOUR_MS);
    count(this.sums(webhookId, from), happening);
    count(this.sums(null, from), happening);
  }

  /** All that waits; from now on it waits no longer. */
  take(): Addition[] {
    const taken = [...this.waiting].flatMap(([webhookId, hours]) =>
      [...hours].map(([from, sums]) => ({ webhookId, hour: { from, sums } })),
    );
    this.waiting = new Map();
    return taken;
  }

  /** What was taken could not be written. */
  putBack(additions: readonly Addition[]): void {
    for (const { webhookId, hour } of additions) add(this.sums(webhookId, hour.from), hour.sums);
  }

  hours(webhookId: string | null): HourSums[] {
    return [...(this.waiting.get(webhookId) ?? [])].map(([from, sums]) => ({ from, sums }));
  }

  /** The webhooks of which something waits. */
  webhooks(): string[] {
    return [...this.waiting.keys()].filter((id) => id !== null);
  }

  private sums(webhookId: string | null, from: number): Sums {
    const hours = this.waiting.get(webhookId) ?? new Map<number, Sums>();
    this.waiting.set(webhookId, hours);
    const sums = hours.get(from) ?? noSums();
    hours.set(from, sums);
    return sums;
  }
}
