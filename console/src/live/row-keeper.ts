import type { QueryKey } from '@tanstack/query-core';
import type { DeliveryList } from '../api/types.js';
import { queries } from '../api/use-query.js';
import type { DeliveryNews, EventNews, News } from './connection.js';
import { RowNews, Untold } from './row-news.js';
import { Rush } from './rush.js';

const REST_MS = 2_000;
/** How often it is asked whether a rush is over. */
const CALM_MS = 500;

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
export class RowKeeper {
  readonly rows = new RowNews();
  private readonly untold = new Untold();
  /** What was told while the list was read: the answer may be older than that. */
  private readonly during = new Map<string, DeliveryNews>();
  private readonly rush = new Rush();
  private timer: number | undefined;
  private calmTimer: number | undefined;
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
    this.rush.note(told.filter((each) => this.concerns(each)).length);
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
    window.clearTimeout(this.calmTimer);
    this.timer = undefined;
    this.calmTimer = undefined;
  }

  private concerns(news: DeliveryNews): boolean {
    return this.live.matches(news) || this.list()?.deliveries.some(({ id }) => id === news.id) === true;
  }

  private list(): DeliveryList | undefined {
    return queries.getQueryData<DeliveryList>(this.live.key);
  }

  private apply(told: readonly DeliveryNews[]): void {
    if (told.length === 0) return;
    if (!this.rush.isOn) this.change((list) => this.rows.hear(list, told, this.live.matches));
    else {
      this.change((list) => this.rows.hold(list, told, this.live.matches));
      this.releaseSoon();
    }
  }

  /** Rows change in place again when somebody can follow them. */
  private releaseSoon(): void {
    this.calmTimer ??= window.setTimeout(() => {
      this.calmTimer = undefined;
      if (this.rush.isOn) this.releaseSoon();
      else this.change((list) => this.rows.release(list));
    }, CALM_MS);
  }

  private change(by: (list: DeliveryList) => DeliveryList): void {
    const list = this.list();
    if (!list) return;
    const next = by(list);
    if (next !== list) queries.setQueryData(this.live.key, next);
    this.onChange();
  }

  private readSoon(): void {
    this.timer ??= window.setTimeout(() => {
      this.timer = undefined;
      // One after the other: an older answer must not come last.
      if (this.isComparing || this.rush.isOn) this.readSoon();
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
    // It would change all rows at once, while nobody can follow them.
    if (page && this.rush.isOn) {
      this.mustRead = true;
      this.readSoon();
    } else if (page) this.change((list) => this.rows.compare(list, page));
    this.settle();
  }
}
