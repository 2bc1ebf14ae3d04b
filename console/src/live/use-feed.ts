import { createContext } from 'preact';
import { useContext, useEffect, useRef } from 'preact/hooks';
import type { FeedState, News } from './connection.js';
import type { Feed } from './feed.js';
import { useRedraw } from '../lib/use-redraw.js';

export const FeedContext = createContext<Feed | undefined>(undefined);

/** Calls `listener` with all that came in since the last time, at most four times a second. */
export function useNews(listener: (news: readonly News[]) => void): void {
  const feed = useContext(FeedContext);
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => feed?.subscribe((news) => latest.current(news)), [feed]);
}

export function useFeedState(): FeedState {
  const feed = useContext(FeedContext);
  const draw = useRedraw();
  useEffect(() => {
    // It may have changed between the first drawing and this.
    draw();
    return feed?.onState(draw);
  }, [feed]);
  return feed?.state ?? 'connecting';
}
