import type { QueryKey } from '@tanstack/query-core';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Delivery, DeliveryList } from '../api/types.js';
import { queries } from '../api/use-query.js';
import type { DeliveryNews, News } from './feed.js';
import { useNews } from './use-feed.js';

/** More are not told apart any more. */
const MOST_COUNTED = 10_000;
const REST_MS = 2_000;

const asRow = (row: Delivery, news: DeliveryNews): Delivery => ({
  ...row,
  status: news.status as Delivery['status'],
  attempts: news.attempts,
  response_code: news.response_code,
  error_message: news.error_message,
  error_code: news.error_message === null ? null : row.error_code,
  duration_ms: news.duration_ms,
  next_retry_at: news.next_retry_at,
});

type Better = ReadonlyMap<string, (row: Delivery) => Delivery>;

/** The same list with what is known better of its rows; none is added, none moves. */
function patched(list: DeliveryList, better: Better): DeliveryList {
  if (!list.deliveries.some(({ id }) => better.has(id))) return list;
  return { ...list, deliveries: list.deliveries.map((row) => better.get(row.id)?.(row) ?? row) };
}

interface Noted {
  readonly id: string;
  readonly created_at: string;
}

/** Which deliveries came in that are not in a list: each once, however often there is news of it. */
class Newcomers {
  private readonly ids = new Set<string>();

  get size(): number {
    return this.ids.size;
  }

  clear(): void {
    this.ids.clear();
  }

  note(list: DeliveryList, deliveries: readonly Noted[]): void {
    const newest = list.deliveries[0];
    const shown = new Set(list.deliveries.map(({ id }) => id));
    for (const { id, created_at } of deliveries) {
      const isNewer = newest === undefined || created_at >= newest.created_at;
      if (isNewer && !shown.has(id) && this.ids.size < MOST_COUNTED) this.ids.add(id);
    }
  }
}

export interface LiveRows {
  /** How many came in that are not in the list yet. */
  readonly fresh: number;
  /** Forgets them: the list is being read anew. */
  clear(): void;
}

export interface LiveList {
  /** Where the list is kept. */
  readonly key: QueryKey;
  /** Reads it as it is now. */
  readonly read: () => Promise<DeliveryList>;
  /** Whether a new delivery would be in it. */
  readonly matches: (delivery: DeliveryNews) => boolean;
}

/** Changes the rows of a kept list that are known better, and notes what is not in it. */
function apply({ key }: LiveList, newcomers: Newcomers, better: Better, candidates: readonly Noted[]): void {
  const list = queries.getQueryData<DeliveryList>(key);
  if (!list) return;
  queries.setQueryData(key, patched(list, better));
  newcomers.note(list, candidates);
}

async function readAgain(live: LiveList, newcomers: Newcomers): Promise<void> {
  const page = await live.read().catch(() => undefined);
  if (page)
    apply(live, newcomers, new Map(page.deliveries.map((row) => [row.id, () => row])), page.deliveries);
}

function takeNews(live: LiveList, newcomers: Newcomers, news: readonly News[]): void {
  const told = news.flatMap((item) => (item.kind === 'delivery' ? [item.delivery] : []));
  if (told.length === 0) return;
  const better = new Map(told.map((each) => [each.id, (row: Delivery) => asRow(row, each)]));
  apply(live, newcomers, better, told.filter(live.matches));
}

/**
 * Keeps a list of deliveries up to date where it stands: rows change in place, and what is new is only counted, so
 * that nothing moves under the eyes of whoever reads.
 */
export function useLiveRows(live: LiveList): LiveRows {
  const [fresh, setFresh] = useState(0);
  const newcomers = useRef(new Newcomers()).current;
  const timer = useRef<number | undefined>(undefined);
  const clear = (): void => {
    newcomers.clear();
    setFresh(0);
  };
  useEffect(() => {
    clear();
    return () => {
      window.clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [JSON.stringify(live.key)]);
  useNews((news) => {
    takeNews(live, newcomers, news);
    setFresh(newcomers.size);
    if (!news.some(({ kind }) => kind === 'again')) return;
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      void readAgain(live, newcomers).then(() => setFresh(newcomers.size));
    }, REST_MS);
  });
  return { fresh, clear };
}
