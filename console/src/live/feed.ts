/** What the service tells of a delivery; never its body. */
export interface DeliveryNews {
  readonly id: string;
  readonly webhook_id: string;
  readonly event_id: string;
  readonly event: string;
  readonly project_id: string | null;
  readonly status: string;
  readonly attempts: number;
  readonly response_code: number | null;
  readonly error_message: string | null;
  readonly duration_ms: number | null;
  readonly next_retry_at: string | null;
  readonly created_at: string;
}

/**
 * One piece of news. `again` = something happened that was not told in detail: what is shown must be read again.
 */
export type News =
  | { readonly kind: 'delivery'; readonly delivery: DeliveryNews }
  | { readonly kind: 'webhook' }
  | { readonly kind: 'again' };

export type FeedState = 'connecting' | 'live' | 'reconnecting' | 'paused';

const TOPICS = 'deliveries,webhooks';
const RETRY_MS = 2_000;

/** The connection itself, as long as it is open. `EventSource` gives up after an answer that is no stream; this does not. */
class Connection {
  private source: EventSource | undefined;
  private timer: number | undefined;
  private wasOpen = false;

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
    source.onopen = () => {
      this.onState('live');
      // What happened meanwhile is not told again.
      if (this.wasOpen) this.onNews({ kind: 'again' });
      this.wasOpen = true;
    };
    source.onerror = () => this.lost(source);
    source.addEventListener('delivery', ({ data }: MessageEvent<string>) =>
      this.onNews({ kind: 'delivery', delivery: JSON.parse(data) as DeliveryNews }),
    );
    source.addEventListener('webhook', () => this.onNews({ kind: 'webhook' }));
    source.addEventListener('changed', () => this.onNews({ kind: 'again' }));
    source.addEventListener('lagging', () => this.onNews({ kind: 'again' }));
  }

  private lost(source: EventSource): void {
    if (this.source !== source) return;
    source.close();
    this.onState('reconnecting');
    this.timer = window.setTimeout(() => this.connect(), RETRY_MS);
  }
}

/** How often what came in is handed on, ms: a page is drawn once for all of it, however much it is. */
const BATCH_MS = 250;
const CHANNEL = 'basset-feed';

type Message = { readonly hello: true } | { readonly state: FeedState } | { readonly news: readonly News[] };

/**
 * The feed of this browser. A browser has six connections for an origin, and each feed would keep one: so the tabs
 * share one. The tab that holds the lock has it and tells the others, and when that tab goes, the next gets the lock.
 * Without locks (plain http from another machine) each tab has its own, and none while nobody looks at it.
 */
export class Feed {
  private readonly listeners = new Set<(news: readonly News[]) => void>();
  private readonly stateListeners = new Set<() => void>();
  private readonly channel = new BroadcastChannel(CHANNEL);
  private readonly ended = new AbortController();
  private release: () => void = () => undefined;
  private connection: Connection | undefined;
  private waiting: News[] = [];
  private timer: number | undefined;
  state: FeedState = 'connecting';

  constructor() {
    this.channel.onmessage = ({ data }: MessageEvent<Message>) => this.hear(data);
    // A context that is not secure has no locks, whatever the types say.
    const locks = navigator.locks as LockManager | undefined;
    if (locks) this.lead(locks);
    else this.standAlone();
  }

  subscribe(listener: (news: readonly News[]) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  onState(listener: () => void): () => void {
    this.stateListeners.add(listener);
    return () => void this.stateListeners.delete(listener);
  }

  /** For good: somebody signs out. */
  close(): void {
    this.ended.abort();
    this.release();
    this.connection?.close();
    this.channel.close();
    window.clearTimeout(this.timer);
  }

  private lead(locks: LockManager): void {
    this.tell({ hello: true });
    const hold = (): Promise<void> => {
      this.open();
      // Held until the tab is closed or somebody signs out.
      return new Promise((resolve) => (this.release = resolve));
    };
    locks.request(CHANNEL, { signal: this.ended.signal }, hold).catch(() => undefined);
  }

  private standAlone(): void {
    const look = (): void => {
      if (document.hidden) {
        this.connection?.close();
        this.connection = undefined;
        this.become('paused');
      } else if (!this.connection) {
        this.open();
        this.take({ kind: 'again' });
      }
    };
    document.addEventListener('visibilitychange', look, { signal: this.ended.signal });
    look();
  }

  private open(): void {
    this.connection = new Connection(
      (state) => {
        this.become(state);
        this.tell({ state });
      },
      (news) => this.take(news),
    );
  }

  private hear(message: Message): void {
    if ('hello' in message) {
      if (this.connection) this.tell({ state: this.state });
    } else if ('state' in message) this.become(message.state);
    else this.handOn(message.news);
  }

  private take(news: News): void {
    this.waiting.push(news);
    this.timer ??= window.setTimeout(() => {
      this.timer = undefined;
      const batch = this.waiting;
      this.waiting = [];
      this.tell({ news: batch });
      this.handOn(batch);
    }, BATCH_MS);
  }

  private tell(message: Message): void {
    this.channel.postMessage(message);
  }

  private handOn(news: readonly News[]): void {
    this.listeners.forEach((listener) => listener(news));
  }

  private become(state: FeedState): void {
    if (this.state === state) return;
    this.state = state;
    this.stateListeners.forEach((listener) => listener());
  }
}
