import { ApiError, get, query } from './call.js';
import type { ActivityBucket } from './types.js';
import { useQuery } from './use-query.js';

const HOUR_MS = 3_600_000;

/** What became of the attempts of one webhook. */
export interface Totals {
  readonly webhook_id: string;
  readonly succeeded: number;
  readonly failed: number;
}

/** The beginning of the hour `hours - 1` hours ago: so many bars, the last one still growing. */
const hoursAgo = (hours: number): string =>
  new Date(Math.floor(Date.now() / HOUR_MS - (hours - 1)) * HOUR_MS).toISOString();

/** One bar an hour, of one webhook or of all. */
export const useActivity = (hours: number, webhook_id?: string) =>
  useQuery({
    key: ['activity', hours, webhook_id],
    read: (signal) =>
      get<{ buckets: ActivityBucket[] }>(
        `/webhooks/activity${query({ webhook_id, since: hoursAgo(hours), bucket: 'hour' })}`,
        signal,
      ),
    every: 30_000,
  });

/** Whether the service keeps no figures over time: then nothing is said of them. */
export const keepsNone = ({ error }: { readonly error: Error | null }): boolean =>
  error instanceof ApiError && error.status === 404;

/** The last 24 hours by webhook; undefined = not known, or the service keeps no such figures. */
export function useTotals(): ReadonlyMap<string, Totals> | undefined {
  const { data } = useQuery({
    key: ['totals'],
    read: (signal) =>
      get<{ webhooks: Totals[] }>(
        `/webhooks/activity${query({ since: hoursAgo(24), group: 'webhook' })}`,
        signal,
      ),
    every: 60_000,
  });
  return data && new Map(data.webhooks.map((totals) => [totals.webhook_id, totals]));
}
