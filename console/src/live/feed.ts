import { Connection, type FeedState, type News } from './connection.js';

/** How often what came in is handed on, ms: a page is drawn once for all of it, however much it is. */
const BATCH_MS = 250;
const CHANNEL = 'basset-feed';

type Message = { readonly hello: true } | { readonly state: FeedState } | { readonly news: readonly News[] };

/**
 * The feed of this browser. A browser has six connections for an origin, and each feed would keep one: so the tabs
 * share one. The tab that holds the lock has it and tells the others, and when that tab goes, the next gets the lock.
 * Without locks (plain http from another machine) each tab has its own, and none while nobody looks at it.
 *
 * Nobody is told what happened while the feed was not open, so whenever it opens, what is shown is read again. A tab
 * that nobody looks at is told nothing, and reads all again when somebody looks.
 */
export class Feed {
  private readonly listeners = new Set<(news: readonly News[]) => void>();
  private readonly stateListeners = new Set<() => void>();
  private channel: BroadcastChannel | undefined;
  private readonly ended = new AbortController();
  private release: () => void = () => undefined;
  private connection: Connection | undefined;
  private waiting: News[] = [];
  private timer: number | undefined;
  private hasMissed = false;
  state: FeedState = 'connecting';

  constructor() {
    const { signal } = this.ended;
    document.addEventListener('visibilitychange', () => this.look(), { signal });
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
    this.channel?.close();
    window.clearTimeout(this.timer);
  }

  private lead(locks: LockManager): void {
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.onmessage = ({ data }: MessageEvent<Message>) => this.hear(data);
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
      } else if (!this.connection) this.open();
    };
    document.addEventListener('visibilitychange', look, { signal: this.ended.signal });
    look();
  }

  private look(): void {
    if (document.hidden || !this.hasMissed) return;
    this.hasMissed = false;
    this.handOn([{ kind: 'again' }]);
  }

  private open(): void {
    // The tab that had it before has gone, and what happens until it is open again is told to nobody.
    if (this.state === 'live') this.become('reconnecting');
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
    this.channel?.postMessage(message);
  }

  private handOn(news: readonly News[]): void {
    if (document.hidden) this.hasMissed = true;
    else this.listeners.forEach((listener) => listener(news));
  }

  private become(state: FeedState): void {
    if (this.state === state) return;
    this.state = state;
    this.stateListeners.forEach((listener) => listener());
    if (state === 'live') this.handOn([{ kind: 'again' }]);
  }
}
