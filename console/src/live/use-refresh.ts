import type { QueryKey } from '@tanstack/query-core';
import { useEffect, useRef } from 'preact/hooks';
import { queries } from '../api/use-query.js';
import type { News } from './feed.js';
import { useNews } from './use-feed.js';

/** However much happens, what is shown is read at most this often, ms. */
const REST_MS = 2_000;

/** Reads some queries again, soon, when there is news that concerns them. */
export function useRefresh(keys: readonly QueryKey[], concerns: (news: News) => boolean): void {
  const timer = useRef<number | undefined>(undefined);
  const last = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  useNews((news) => {
    if (timer.current !== undefined || !news.some(concerns)) return;
    const rest = Math.max(0, last.current + REST_MS - Date.now());
    timer.current = window.setTimeout(() => {
      timer.current = undefined;
      last.current = Date.now();
      for (const queryKey of keys) void queries.invalidateQueries({ queryKey });
    }, rest);
  });
}
