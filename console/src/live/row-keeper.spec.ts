import { jest } from '@jest/globals';
import type { DeliveryList } from '../api/types.js';
import { queries } from '../api/use-query.js';
import type { DeliveryNews, News } from './connection.js';
import { RowKeeper } from './row-keeper.js';

const KEY = ['deliveries', {}];
const row = (id: string, attempts: number) => ({
  ...{ id, attempts, event_id: 'e', status: 'retrying', created_at: '2026-11-26T10:00:00Z' },
});
const newer = { created_at: '2026-11-26T10:00:01Z' };
const news = (id: string, attempts: number, more: object = {}): News => ({
  kind: 'delivery',
  delivery: { ...row(id, attempts), ...more } as unknown as DeliveryNews,
});
const list = (...deliveries: object[]) => ({ deliveries, next_cursor: null }) as unknown as DeliveryList;

let answer: DeliveryList;
let reads: number;
let keeper: RowKeeper;

beforeEach(() => {
  jest.useFakeTimers();
  Object.assign(globalThis, { window: globalThis });
  queries.setQueryData(KEY, list(row('a', 1), row('b', 1)));
  answer = list(row('a', 1), row('b', 1));
  reads = 0;
  keeper = new RowKeeper(
    {
      key: KEY,
      read: () => {
        reads += 1;
        return Promise.resolve(answer);
      },
      matches: ({ id }) => id !== 'of another list',
      mayWait: () => true,
      isReading: false,
    },
    () => undefined,
  );
});
afterEach(() => {
  keeper.stop();
  queries.clear();
  jest.useRealTimers();
});

const attempts = (): number[] =>
  queries.getQueryData<DeliveryList>(KEY)?.deliveries.map((each) => each.attempts) ?? [];
const counts = (): readonly [fresh: number, changed: number] => [
  keeper.rows.freshCount,
  keeper.rows.changedCount,
];
const many = (count: number, of: (at: number) => News): News[] =>
  Array.from({ length: count }, (_, at) => of(at));

describe('a list of deliveries', () => {
  it('changes in place up to 20 times a second, and is only counted above', () => {
    keeper.hear([...many(19, (at) => news(`n${at}`, 1, newer)), news('a', 2)]);
    expect([attempts(), counts()]).toEqual([
      [2, 1],
      [19, 0],
    ]);
    keeper.hear([news('a', 3), news('b', 2)]);
    expect([attempts(), counts()]).toEqual([
      [2, 1],
      [19, 2],
    ]);
  });

  it('is brought up to date by itself when one can follow it again', () => {
    keeper.hear(many(30, (at) => news('a', at + 2)));
    for (let quarter = 0; quarter < 8; quarter += 1) {
      keeper.hear(many(10, (at) => news('b', quarter * 10 + at)));
      jest.advanceTimersByTime(250);
    }
    expect([attempts(), counts()]).toEqual([
      [1, 1],
      [0, 2],
    ]);
    jest.advanceTimersByTime(2_000);
    expect([attempts(), counts()]).toEqual([
      [31, 79],
      [0, 0],
    ]);
  });

  it('does not take what is told of other lists for a rush', () => {
    keeper.hear([...many(100, (at) => news('of another list', at)), news('a', 2)]);
    expect(attempts()).toEqual([2, 1]);
  });

  it('is not read anew while there is a rush, and is afterwards', async () => {
    answer = list(row('a', 7), row('b', 7));
    keeper.hear([{ kind: 'again' }, ...many(30, (at) => news('a', at))]);
    for (let quarter = 0; quarter < 16; quarter += 1) {
      keeper.hear(many(10, (at) => news('a', at)));
      await jest.advanceTimersByTimeAsync(250);
    }
    expect([reads, attempts()]).toEqual([0, [1, 1]]);
    await jest.advanceTimersByTimeAsync(4_000);
    expect([reads, attempts()]).toEqual([1, [7, 7]]);
  });
});
