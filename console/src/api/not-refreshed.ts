import type { QueryClient } from '@tanstack/query-core';
import { useEffect } from 'preact/hooks';
import { ApiError } from './call.js';
import { askedToWait, queries } from './use-query.js';
import { useRedraw } from '../lib/use-redraw.js';

/** What is on the page is older than it looks: since when, ms since the epoch, and why. */
export interface NotRefreshed {
  readonly since: number;
  readonly reason: string;
  /** When it is asked again, RFC 3339, where the service said so. */
  readonly until?: string;
}

/** What is no longer there will not be refreshed; the page of it says so itself. */
export const isGone = (error: Error | null): boolean => error instanceof ApiError && error.status === 404;

/** The oldest of what is shown and could not be read again; undefined = all of it is fresh. */
export function notRefreshed(client: QueryClient): NotRefreshed | undefined {
  const [oldest] = client
    .getQueryCache()
    .findAll({ type: 'active' })
    .map(({ state }) => state)
    .filter(({ data, status, error }) => data !== undefined && status === 'error' && !isGone(error))
    .sort((a, b) => a.dataUpdatedAt - b.dataUpdatedAt);
  const wait = askedToWait(oldest?.error);
  return (
    oldest && {
      since: oldest.dataUpdatedAt,
      reason: oldest.error?.message ?? 'unknown',
      ...(wait && { until: wait.until }),
    }
  );
}

/** The same, as it changes. */
export function useNotRefreshed(): NotRefreshed | undefined {
  const draw = useRedraw();
  useEffect(() => {
    let before = '';
    return queries.getQueryCache().subscribe(() => {
      const now = JSON.stringify(notRefreshed(queries) ?? '');
      if (now === before) return;
      before = now;
      draw();
    });
  }, []);
  return notRefreshed(queries);
}
