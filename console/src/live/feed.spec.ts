import { jest } from '@jest/globals';
import { onSignedOut } from '../api/call.js';
import type { News } from './connection.js';
import { Feed } from './feed.js';

/** What a browser has and Node.js has not. */
class Source extends EventTarget {
  static all: Source[] = [];
  readyState = 0;
  onopen: () => void = () => undefined;
  onerror: () => void = () => undefined;

  constructor() {
    super();
    Source.all.push(this);
  }

  close(): void {
    this.readyState = 2;
  }

  tell(name: string, data: object): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }

  refuse(): void {
    this.readyState = 2;
    this.onerror();
  }
}

class Page extends EventTarget {
  hidden = false;

  show(isShown: boolean): void {
    this.hidden = !isShown;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

/** The tab that holds the lock has it until it lets it go; then the next. */
class Locks {
  private held: Promise<unknown> = Promise.resolve();

  request(_name: string, { signal }: { signal: AbortSignal }, hold: () => Promise<void>): Promise<unknown> {
    const turn = this.held.then(() => (signal.aborted ? undefined : hold()));
    this.held = turn;
    return turn;
  }
}

let page: Page;
let feeds: Feed[];

const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(300);

function stage(locks: Locks | undefined): void {
  page = new Page();
  feeds = [];
  Source.all = [];
  Object.assign(globalThis, { EventSource: Source, document: page, window: globalThis });
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { locks } });
}

function open(): { readonly feed: Feed; readonly heard: string[] } {
  const feed = new Feed();
  const heard: string[] = [];
  feed.subscribe((news: readonly News[]) => heard.push(...news.map(({ kind }) => kind)));
  feeds.push(feed);
  return { feed, heard };
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] });
});
afterEach(() => {
  feeds.forEach((feed) => feed.close());
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const last = (): Source => Source.all.at(-1) as Source;
/** Messages between tabs take their way through the event loop. */
const turn = async (): Promise<void> => {
  for (let count = 0; count < 20; count += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('the feed of one tab', () => {
  beforeEach(() => stage(undefined));

  it('has all read again whenever it opens, also the first time and after failures', async () => {
    const { heard } = open();
    last().refuse();
    jest.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.reject(new Error('away')));
    await jest.advanceTimersByTimeAsync(3_000);
    expect(heard).toEqual([]);
    last().onopen();
    expect(heard).toEqual(['again']);
    last().tell('delivery', { id: '1' });
    last().tell('event', { id: '2', deliveries: 1 });
    await settle();
    expect(heard).toEqual(['again', 'delivery', 'event']);
  });

  it('ends with the session, and does not try for ever', async () => {
    const answer = new Response('{}', { status: 401 });
    jest.spyOn(globalThis, 'fetch').mockResolvedValue(answer);
    const leave = jest.fn();
    onSignedOut(leave);
    open();
    last().refuse();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(leave).toHaveBeenCalledTimes(1);
    expect(Source.all).toHaveLength(1);
  });

  it('says nothing of its state to tabs that have a feed of their own', async () => {
    const [first, second] = [open(), open()];
    Source.all[0]?.onopen();
    Source.all[1]?.refuse();
    await turn();
    expect([first.feed.state, second.feed.state]).toEqual(['live', 'reconnecting']);
  });
});

describe('the feed of several tabs', () => {
  beforeEach(() => stage(new Locks()));

  it('has the next tab take over, which tells what was lost meanwhile', async () => {
    const first = open();
    await turn();
    const second = open();
    last().onopen();
    await turn();
    expect([second.feed.state, second.heard]).toEqual(['live', ['again']]);
    first.feed.close();
    await turn();
    expect(second.feed.state).toBe('reconnecting');
    last().onopen();
    expect(second.heard).toEqual(['again', 'again']);
  });

  it('tells nothing to a tab that nobody looks at, and once that all is to be read when somebody does', async () => {
    const { heard } = open();
    await turn();
    last().onopen();
    page.show(false);
    for (const id of ['1', '2']) {
      last().tell('delivery', { id });
      await settle();
    }
    expect(heard).toEqual(['again']);
    page.show(true);
    page.show(true);
    expect(heard).toEqual(['again', 'again']);
  });
});
