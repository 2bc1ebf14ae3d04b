import type { Delivery, DeliveryList } from '../api/types.js';
import type { DeliveryNews, EventNews, News } from './connection.js';

/** More are not told apart any more. */
const MOST_COUNTED = 10_000;

const asRow = (row: Delivery, news: DeliveryNews): Delivery => ({
  ...row,
  status: news.status,
  attempts: news.attempts,
  response_code: news.response_code,
  error_message: news.error_message,
  error_code: news.error_code,
  duration_ms: news.duration_ms,
  next_retry_at: news.next_retry_at,
});

type Better = ReadonlyMap<string, (row: Delivery) => Delivery>;

/** The same list with what is known better of its rows; none is added, none moves. */
function patched(list: DeliveryList, better: Better): DeliveryList {
  if (!list.deliveries.some(({ id }) => better.has(id))) return list;
  return { ...list, deliveries: list.deliveries.map((row) => better.get(row.id)?.(row) ?? row) };
}

interface Noted {
  readonly id: string;
  readonly created_at: string;
}

/** What is known of the rows of a list, and what is not in it though it should be: each once, however often it is told. */
export class RowNews {
  private readonly fresh = new Set<string>();
  private readonly changed = new Set<string>();
  private readonly told = new Set<string>();
  /** The newest of rows that are in the list and change too fast to be shown. */
  private readonly held = new Map<string, DeliveryNews>();

  /** How many came in since the list was read. */
  get freshCount(): number {
    return this.fresh.size;
  }

  /**
   * How many that were there before belong into the list by now (what failed, in a list of what failed), or are in it
   * and are held.
   */
  get changedCount(): number {
    return this.changed.size + this.held.size;
  }

  /** Whether the feed told of this row: it does not tell all that the API would. */
  isTold(id: string): boolean {
    return this.told.has(id);
  }

  /** The list is read anew. */
  clear(): void {
    [this.fresh, this.changed, this.told, this.held].forEach((ids) => ids.clear());
  }

  /** The list with what the feed told. */
  hear(
    list: DeliveryList,
    news: readonly DeliveryNews[],
    matches: (each: DeliveryNews) => boolean,
  ): DeliveryList {
    for (const each of news) {
      this.told.add(each.id);
      this.held.delete(each.id);
      if (matches(each)) this.note(list, each);
      else this.forget(each);
    }
    return patched(list, new Map(news.map((each) => [each.id, (row) => asRow(row, each)])));
  }

  /** The same list: what the feed told is only counted, until it is released. */
  hold(
    list: DeliveryList,
    news: readonly DeliveryNews[],
    matches: (each: DeliveryNews) => boolean,
  ): DeliveryList {
    for (const each of news)
      if (list.deliveries.some(({ id }) => id === each.id)) this.held.set(each.id, each);
      else if (matches(each)) this.note(list, each);
      else this.forget(each);
    return list;
  }

  /** The list with what was held. */
  release(list: DeliveryList): DeliveryList {
    return this.hear(list, [...this.held.values()], () => false);
  }

  /** The list with what it would be now, where its rows stand. */
  compare(list: DeliveryList, page: DeliveryList): DeliveryList {
    for (const row of page.deliveries) {
      this.told.delete(row.id);
      this.held.delete(row.id);
      this.note(list, row);
    }
    return patched(list, new Map(page.deliveries.map((row) => [row.id, () => row])));
  }

  private note({ deliveries, next_cursor }: DeliveryList, { id, created_at }: Noted): void {
    if (deliveries.some((row) => row.id === id)) return;
    const [newest, oldest] = [deliveries[0], deliveries.at(-1)];
    const isNewer = newest === undefined || created_at >= newest.created_at;
    // What is older than all of a full page has its place on another one.
    const isOlder = next_cursor !== null && oldest !== undefined && created_at < oldest.created_at;
    const ids = isNewer ? this.fresh : isOlder ? undefined : this.changed;
    if (ids && ids.size < MOST_COUNTED) ids.add(id);
  }

  private forget({ id }: Noted): void {
    this.fresh.delete(id);
    this.changed.delete(id);
  }
}

/**
 * Events whose deliveries are not all told of: the feed tells of a delivery after its first attempt, and one that is
 * held back, throttled or waits has none.
 */
export class Untold {
  private readonly events = new Map<string, { readonly of: number; readonly told: Set<string> }>();

  get some(): boolean {
    return this.events.size > 0;
  }

  clear(): void {
    this.events.clear();
  }

  hear(news: readonly News[], matters: (event: EventNews) => boolean): void {
    for (const each of news) {
      if (each.kind === 'event' && each.event.deliveries > 0 && matters(each.event))
        this.events.set(each.event.id, { of: each.event.deliveries, told: new Set() });
      if (each.kind === 'delivery') this.strike(each.delivery);
    }
  }

  private strike({ event_id, id }: DeliveryNews): void {
    const event = this.events.get(event_id);
    event?.told.add(id);
    if (event?.told.size === event?.of) this.events.delete(event_id);
  }
}
