import type { FeedEvents } from '../../../src/feed/feed-events.js';
import { ApiError, callForText, signedOut } from '../api/call.js';

/** What the service tells of a delivery, after an attempt. */
export type DeliveryNews = FeedEvents['delivery'];

/** What it tells of an event that it accepted. Each of its deliveries is told by itself, but only after its first attempt. */
export type EventNews = FeedEvents['event'];

/**
 * One piece of news. `again` = something happened that was not told in detail: what is shown must be read again.
 */
export type News =
  | { readonly kind: 'delivery'; readonly delivery: DeliveryNews }
  | { readonly kind: 'event'; readonly event: EventNews }
  | { readonly kind: 'webhook' }
  | { readonly kind: 'again' };

export type FeedState = 'connecting' | 'live' | 'reconnecting' | 'paused';

const TOPICS = 'deliveries,events,webhooks';
const RETRY_MS = 2_000;
/** `EventSource.CLOSED`: the answer was no stream. */
const REFUSED = 2;

/** `EventSource` does not tell why it was refused. */
const isSignedOut = (): Promise<boolean> =>
  callForText('GET', '/console/session').then(
    () => false,
    (error: unknown) => error instanceof ApiError && error.status === 401,
  );

/**
 * The connection itself, as long as it is open. `EventSource` gives up after an answer that is no stream; this does
 * not, unless the session has ended: then nobody is let in any more, however often it is tried.
 */
export class Connection {
  private source: EventSource | undefined;
  private timer: number | undefined;

  constructor(
    private readonly onState: (state: FeedState) => void,
    private readonly onNews: (news: News) => void,
  ) {
    this.connect();
  }

  close(): void {
    window.clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  private connect(): void {
    const source = new EventSource(`/api/v1/feed?topics=${TOPICS}`);
    this.source = source;
    const on = (name: string, news: (data: string) => News): void =>
      source.addEventListener(name, ({ data }: MessageEvent<string>) => this.onNews(news(data)));
    source.onopen = () => this.onState('live');
    source.onerror = () => void this.lost(source);
    on('delivery', (data) => ({ kind: 'delivery', delivery: JSON.parse(data) as DeliveryNews }));
    on('event', (data) => ({ kind: 'event', event: JSON.parse(data) as EventNews }));
    on('webhook', () => ({ kind: 'webhook' }));
    on('changed', () => ({ kind: 'again' }));
    on('lagging', () => ({ kind: 'again' }));
  }

  private async lost(source: EventSource): Promise<void> {
    if (this.source !== source) return;
    const isRefused = source.readyState === REFUSED;
    source.close();
    this.onState('reconnecting');
    const isOver = isRefused && (await isSignedOut());
    // Meanwhile nobody may want it any more.
    if ((this.source as EventSource | undefined) !== source) return;
    if (isOver) signedOut();
    else this.timer = window.setTimeout(() => this.connect(), RETRY_MS);
  }
}
