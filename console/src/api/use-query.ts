import {
  QueryClient,
  QueryObserver,
  type Query,
  type QueryKey,
  type QueryObserverResult,
} from '@tanstack/query-core';
import { useLayoutEffect, useState } from 'preact/hooks';
import { ApiError, type Wait } from './call.js';
import { useRedraw } from '../lib/use-redraw.js';

/** A refusal is an answer; what did not answer is asked again. */
export const mayHelp = (error: unknown): boolean =>
  !(error instanceof ApiError && error.status >= 400 && error.status < 500);

/** Until when the service does not want to be asked, if it said so. */
export const askedToWait = (error: unknown): Wait | undefined =>
  error instanceof ApiError ? error.wait : undefined;

const LONGEST_PAUSE_MS = 30_000;

/** How long to wait after so many failures in a row, ms; at least as long as the service asked for. */
export const pauseAfter = (failures: number, error?: unknown): number =>
  Math.max(Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** Math.max(1, failures)), askedToWait(error)?.ms ?? 0);

/** How many errors a query had before it last succeeded. */
const overcome = new WeakMap<object, number>();

type Tried = Pick<Query, 'state'>;

/** Until it answers, what does not answer is asked again with growing pauses; then as often as it wants to be. */
export function nextRead(query: Tried, every: number | false): number | false {
  const { status, error, errorUpdateCount } = query.state;
  if (status !== 'error') overcome.set(query, errorUpdateCount);
  return status === 'error' && mayHelp(error)
    ? pauseAfter(errorUpdateCount - (overcome.get(query) ?? 0), error)
    : every;
}

export const queries = new QueryClient({
  defaultOptions: {
    // The service may well be on this machine: without a network there is still a way to it.
    queries: {
      networkMode: 'always',
      // Who is asked to wait says so at once, and does.
      retry: (tries, error) => tries < 2 && mayHelp(error) && !askedToWait(error),
      staleTime: 5_000,
      gcTime: 300_000,
    },
  },
});

export interface QuerySettings<T> {
  readonly key: QueryKey;
  readonly read: (signal: AbortSignal) => Promise<T>;
  /** @default true */
  readonly enabled?: boolean;
  /** Reads it again after so many ms. @default never */
  readonly every?: number;
  /** Shows what was there under the former key until the new is read. */
  readonly keep?: boolean;
  /** Never reads again by itself: the page keeps it up to date. */
  readonly still?: boolean;
}

/** What the API answers, kept and shared under its key: what React has as `useQuery`. */
export function useQuery<T>(settings: QuerySettings<T>): QueryObserverResult<T> {
  const { key, read, enabled = true, every = false, keep = false, still = false } = settings;
  const options = queries.defaultQueryOptions<T>({
    queryKey: key,
    queryFn: ({ signal }) => read(signal),
    enabled,
    refetchInterval: (query) => nextRead(query, every),
    ...(keep && { placeholderData: (former: T | undefined) => former as never }),
    ...(still && { refetchOnWindowFocus: false, refetchOnReconnect: false }),
  });
  const [observer] = useState(() => new QueryObserver<T>(queries, options));
  const draw = useRedraw();
  // Not after the drawing, as effects are: what is drawn then is that it is not there yet.
  useLayoutEffect(() => observer.subscribe(draw), [observer]);
  useLayoutEffect(() => observer.setOptions(options));
  return observer.getOptimisticResult(options);
}
