import type { QueryKey } from '@tanstack/query-core';
import { useEffect, useRef } from 'preact/hooks';
import { queries } from '../api/use-query.js';
import type { News } from './connection.js';
import { useNews } from './use-feed.js';

/** However much happens, what is shown is read at most this often, ms. */
const REST_MS = 2_000;

/**
 * Reads some queries again, soon, when there is news that concerns them.
 *
 * @param concerns is not asked of what was just accepted, unless it says so: of most pages that is no business
 */
export function useRefresh(
  keys: readonly QueryKey[],
  concerns: (news: News) => boolean,
  withEvents = false,
): void {
  const timer = useRef<number | undefined>(undefined);
  const last = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  useNews((news) => {
    if (
      timer.current !== undefined ||
      !news.some((each) => (withEvents || each.kind !== 'event') && concerns(each))
    )
      return;
    const rest = Math.max(0, last.current + REST_MS - Date.now());
    timer.current = window.setTimeout(() => {
      timer.current = undefined;
      last.current = Date.now();
      for (const queryKey of keys) void queries.invalidateQueries({ queryKey });
    }, rest);
  });
}
