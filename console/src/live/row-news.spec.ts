import type { DeliveryList } from '../api/types.js';
import type { DeliveryNews, News } from './connection.js';
import { RowNews, Untold } from './row-news.js';

const at = (minute: number): string => `2026-11-26T10:${String(minute).padStart(2, '0')}:00Z`;
const row = (id: string, minute: number, more: object = {}) => ({
  ...{ id, created_at: at(minute), status: 'failed', attempts: 1, error_code: 'http', outcome: 'retry' },
  ...more,
});
const list = (next_cursor: string | null, ...deliveries: object[]) =>
  ({ deliveries, next_cursor }) as unknown as DeliveryList;
const news = (id: string, minute: number, more: object = {}) =>
  row(id, minute, more) as unknown as DeliveryNews;

const all = (): boolean => true;
const none = (): boolean => false;

function counts(rows: RowNews): readonly [fresh: number, changed: number] {
  return [rows.freshCount, rows.changedCount];
}

describe('what is told of rows', () => {
  it('changes a row where it stands, with why it failed', () => {
    const rows = new RowNews();
    const told = news('b', 2, { attempts: 2, error_code: 'refused' });
    const { deliveries } = rows.hear(list(null, row('a', 3), row('b', 2)), [told], all);
    expect(deliveries.map(({ id, attempts, error_code }) => [id, attempts, error_code])).toEqual([
      ['a', 1, 'http'],
      ['b', 2, 'refused'],
    ]);
    expect(counts(rows)).toEqual([0, 0]);
    expect([rows.isTold('a'), rows.isTold('b')]).toEqual([false, true]);
  });

  it('counts what is newer as new, and what belongs into the list only now as changed', () => {
    const rows = new RowNews();
    const shown = list('more', row('a', 9), row('b', 5));
    rows.hear(shown, [news('newer', 10), news('between', 7), news('on another page', 3)], all);
    expect(counts(rows)).toEqual([1, 1]);
  });

  it('counts what is older than all of a page that is the last one', () => {
    const rows = new RowNews();
    rows.hear(list(null, row('a', 9)), [news('failed after its retries', 3)], all);
    expect(counts(rows)).toEqual([0, 1]);
  });

  it('counts each once, and no longer what does not belong there any more', () => {
    const rows = new RowNews();
    const shown = list(null, row('a', 5));
    for (const id of ['x', 'x', 'y']) rows.hear(shown, [news(id, 9)], all);
    expect(counts(rows)).toEqual([2, 0]);
    rows.hear(shown, [news('x', 9)], none);
    expect(counts(rows)).toEqual([1, 0]);
    rows.clear();
    expect(counts(rows)).toEqual([0, 0]);
  });

  it('takes all that the API tells, when it is asked again', () => {
    const rows = new RowNews();
    const shown = list(null, row('a', 5));
    rows.hear(shown, [news('a', 5)], all);
    const next = rows.compare(shown, list(null, row('waits', 6), row('a', 5, { outcome: 'success' })));
    expect(next.deliveries).toMatchObject([{ id: 'a', outcome: 'success' }]);
    expect([...counts(rows), rows.isTold('a')]).toEqual([1, 0, false]);
  });
});

describe('what is accepted and not told of', () => {
  const event = (id: string, deliveries: number): News => ({
    kind: 'event',
    event: { id, event: 'entity.created', project_id: null, deliveries },
  });
  const delivery = (id: string, event_id: string): News => ({
    kind: 'delivery',
    delivery: news(id, 1, { event_id }),
  });

  it('is an event until the last of its deliveries has had its first attempt', () => {
    const untold = new Untold();
    untold.hear([event('e', 2), delivery('1', 'e'), delivery('1', 'e')], all);
    expect(untold.some).toBe(true);
    untold.hear([delivery('2', 'e')], all);
    expect(untold.some).toBe(false);
  });

  it('is nothing where nobody gets it, or where it would not be shown', () => {
    const untold = new Untold();
    untold.hear([event('e', 0)], all);
    untold.hear([event('f', 1)], none);
    expect(untold.some).toBe(false);
  });
});
