import { hoursAgo } from '../lib/format-time.js';
import { get, query } from './call.js';
import type { Activity, Totals } from './types.js';
import { useQuery } from './use-query.js';

/** One bar an hour, of one webhook or of all; the last one still grows. */
export const useActivity = (hours: number, webhook_id?: string) =>
  useQuery({
    key: ['activity', hours, webhook_id],
    read: async (signal) => {
      const asked = query({ webhook_id, since: hoursAgo(hours, Date.now()), bucket: 'hour' });
      return (await get<Activity>(`/webhooks/activity${asked}`, signal)).buckets ?? [];
    },
    every: 30_000,
  });

/** The last 24 hours by webhook; undefined = not known yet. */
export function useTotals(): ReadonlyMap<string, Totals> | undefined {
  const { data } = useQuery({
    key: ['totals'],
    read: (signal) =>
      get<Activity>(
        `/webhooks/activity${query({ since: hoursAgo(24, Date.now()), group: 'webhook' })}`,
        signal,
      ),
    every: 60_000,
  });
  return data && new Map(data.webhooks?.map((totals) => [totals.webhook_id, totals]));
}
