import { useEffect, useRef } from 'preact/hooks';
import { useRedraw } from '../lib/use-redraw.js';
import { RowKeeper, type LiveList } from './row-keeper.js';
import { useNews } from './use-feed.js';

export interface LiveRows {
  /** How many came in that are not in the list yet. */
  readonly fresh: number;
  /** How many were there before and belong into the list only now, or change too fast to be shown. */
  readonly changed: number;
  /** Whether the row is what the feed told, which is not all that the API tells. */
  readonly isTold: (id: string) => boolean;
  /** Forgets them: the list is being read anew. */
  clear(): void;
}

/**
 * Keeps a list of deliveries up to date where it stands: rows change in place, and what is new is only counted, so
 * that nothing moves under the eyes of whoever reads. Where more changes than 20 times a second, all is only counted.
 */
export function useLiveRows(live: LiveList): LiveRows {
  const draw = useRedraw();
  const keeper = useRef<RowKeeper | undefined>(undefined);
  const own = (keeper.current ??= new RowKeeper(live, draw));
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
