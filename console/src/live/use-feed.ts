import { createContext } from 'preact';
import { useContext, useEffect, useReducer, useRef } from 'preact/hooks';
import type { FeedState, News } from './connection.js';
import type { Feed } from './feed.js';

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
  const [, draw] = useReducer<number, undefined>((count) => count + 1, 0);
  useEffect(() => {
    // It may have changed between the first drawing and this.
    draw(undefined);
    return feed?.onState(() => draw(undefined));
  }, [feed]);
  return feed?.state ?? 'connecting';
}
