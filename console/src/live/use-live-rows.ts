import type { QueryKey } from '@tanstack/query-core';
import { useEffect, useRef } from 'preact/hooks';
import type { DeliveryList } from '../api/types.js';
import { queries } from '../api/use-query.js';
import type { DeliveryNews, EventNews, News } from './connection.js';
import { RowNews, Untold } from './row-news.js';
import { useNews } from './use-feed.js';
import { useRedraw } from '../lib/use-redraw.js';

const REST_MS = 2_000;

export interface LiveRows {
  /** How many came in that are not in the list yet. */
  readonly fresh: number;
  /** How many were there before and belong into the list only now. */
  readonly changed: number;
  /** Whether the row is what the feed told, which is not all that the API tells. */
  readonly isTold: (id: string) => boolean;
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
  /** Whether a delivery of this event would be, before its first attempt. */
  readonly mayWait: (event: EventNews) => boolean;
  /** Whether it is being read. */
  readonly isReading: boolean;
}

/** Keeps one list of deliveries up to date where it stands. */
class Keeper {
  readonly rows = new RowNews();
  private readonly untold = new Untold();
  /** What was told while the list was read: the answer may be older than that. */
  private readonly during = new Map<string, DeliveryNews>();
  private timer: number | undefined;
  private isComparing = false;
  private mustRead = false;

  constructor(
    public live: LiveList,
    private readonly onChange: () => void,
  ) {}

  hear(news: readonly News[]): void {
    const told = news.flatMap((item) => (item.kind === 'delivery' ? [item.delivery] : []));
    if (this.isComparing || queries.isFetching({ queryKey: this.live.key, exact: true }) > 0)
      for (const each of told) this.during.set(each.id, each);
    this.apply(told);
    this.untold.hear(news, this.live.mayWait);
    this.mustRead ||= news.some(({ kind }) => kind === 'again');
    if (this.mustRead || this.untold.some) this.readSoon();
  }

  /** After an answer: what was told meanwhile is the newer. */
  settle(): void {
    const told = [...this.during.values()];
    this.during.clear();
    this.apply(told);
  }

  forget(): void {
    this.rows.clear();
    this.untold.clear();
    this.during.clear();
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.timer = undefined;
  }

  private apply(told: readonly DeliveryNews[]): void {
    if (told.length > 0) this.change((list) => this.rows.hear(list, told, this.live.matches));
  }

  private change(by: (list: DeliveryList) => DeliveryList): void {
    const list = queries.getQueryData<DeliveryList>(this.live.key);
    if (!list) return;
    const next = by(list);
    if (next !== list) queries.setQueryData(this.live.key, next);
    this.onChange();
  }

  private readSoon(): void {
    this.timer ??= window.setTimeout(() => {
      this.timer = undefined;
      // One after the other: an older answer must not come last.
      if (this.isComparing) this.readSoon();
      else if (this.mustRead || this.untold.some) void this.compare();
    }, REST_MS);
  }

  private async compare(): Promise<void> {
    const { key, read } = this.live;
    this.mustRead = false;
    this.untold.clear();
    this.isComparing = true;
    const page = await read().catch(() => undefined);
    this.isComparing = false;
    if (key !== this.live.key && JSON.stringify(key) !== JSON.stringify(this.live.key)) return;
    if (page) this.change((list) => this.rows.compare(list, page));
    this.settle();
  }
}

/**
 * Keeps a list of deliveries up to date where it stands: rows change in place, and what is new is only counted, so
 * that nothing moves under the eyes of whoever reads.
 */
export function useLiveRows(live: LiveList): LiveRows {
  const draw = useRedraw();
  const keeper = useRef<Keeper | undefined>(undefined);
  const own = (keeper.current ??= new Keeper(live, draw));
  own.live = live;
  const clear = (): void => {
    own.forget();
    draw();
  };
  useEffect(() => {
    clear();
    return () => own.stop();
  }, [JSON.stringify(live.key)]);
  useEffect(() => {
    if (!live.isReading) own.settle();
  }, [live.isReading, JSON.stringify(live.key)]);
  useNews((news) => own.hear(news));
  const { freshCount: fresh, changedCount: changed } = own.rows;
  return { fresh, changed, isTold: (id) => own.rows.isTold(id), clear };
}
