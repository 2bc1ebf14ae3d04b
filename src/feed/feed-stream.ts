import type { Response } from 'express';
import {
  filter,
  first,
  fromEvent,
  interval,
  map,
  merge,
  type Observable,
  of,
  scan,
  type SchedulerLike,
  asyncScheduler,
  takeUntil,
} from 'rxjs';
import { eventText, type FeedItem } from './feed-item.js';
import { newestAtTicks, type Batch } from './newest-at-ticks.js';

/** How a stream behaves, ms. */
export interface StreamSettings {
  /** What happened is handed over so often. */
  readonly tickMs: number;
  /** A comment, so that proxies and clients see that the stream lives. */
  readonly heartbeatMs: number;
  /** A client that takes nothing for so long is dropped. */
  readonly stuckMs: number;
  /** Items that wait for one client at most. */
  readonly most: number;
  readonly scheduler?: SchedulerLike;
}

export const STREAM_SETTINGS: StreamSettings = {
  tickMs: 250,
  heartbeatMs: 15_000,
  stuckMs: 30_000,
  most: 256,
};

/** The first bytes open the stream in the browser. There is no replay, so no event has an id. */
const HEAD = 'retry: 2000\n: ready\n\n';
const HEARTBEAT = ': still here\n\n';

/** Where a stream goes. */
export interface Sink {
  /** Whether it takes more at once. */
  readonly isReady: () => boolean;
  /** Emits when it has taken what it was given. */
  readonly drained$: Observable<unknown>;
}

function batchText({ items, dropped }: Batch<FeedItem>): string {
  const texts = items.map(({ text }) => text);
  return (dropped > 0 ? eventText('lagging', { dropped }) : '') + texts.join('');
}

/** What a client is sent. Nothing is made for one that is not ready for it. */
export function streamText(
  items$: Observable<FeedItem>,
  { isReady }: Sink,
  { tickMs, heartbeatMs, most, scheduler = asyncScheduler }: StreamSettings,
): Observable<string> {
  const ticks$ = interval(tickMs, scheduler).pipe(filter(isReady));
  const beats$ = interval(heartbeatMs, scheduler).pipe(filter(isReady));
  const news$ = items$.pipe(newestAtTicks(most, ticks$), map(batchText));
  return merge(of(HEAD), news$, beats$.pipe(map(() => HEARTBEAT)));
}

/** Emits once, when the client has taken nothing for `stuckMs`. */
export function stuck(
  { isReady, drained$ }: Sink,
  { stuckMs, scheduler = asyncScheduler }: StreamSettings,
): Observable<unknown> {
  const looks$ = interval(stuckMs / 10, scheduler).pipe(map(isReady));
  const taken$ = drained$.pipe(map(() => true));
  return merge(looks$, taken$).pipe(
    scan((looks, isTaking) => (isTaking ? 0 : looks + 1), 0),
    first((looks) => looks >= 10),
  );
}

export function sinkOf(response: Response): Sink {
  return { isReady: () => !response.writableNeedDrain, drained$: fromEvent(response, 'drain') };
}

/**
 * Answers with a stream until the client goes, takes nothing any more, or `ends$` emits.
 *
 * @param dropped called when the client took nothing
 */
export function sendStream(
  response: Response,
  items$: Observable<FeedItem>,
  ends$: Observable<unknown>,
  dropped: () => void,
  settings: StreamSettings = STREAM_SETTINGS,
): void {
  const sink = sinkOf(response);
  const closed$ = fromEvent(response, 'close');
  response.status(200).type('text/event-stream').setHeader('X-Accel-Buffering', 'no');
  streamText(items$, sink, settings)
    .pipe(takeUntil(merge(closed$, ends$)))
    .subscribe({
      next: (text) => response.write(text),
      complete: () => response.end(),
      error: () => response.destroy(),
    });
  stuck(sink, settings)
    .pipe(takeUntil(closed$))
    .subscribe(() => {
      dropped();
      response.destroy();
    });
}
