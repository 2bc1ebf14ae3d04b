import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ActivityRepository } from '../../src/history/activity/activity.neo4j.repository.js';
import { HOUR_MS, noSums } from '../../src/history/activity/activity-sums.js';
import { setGraphScene } from '../support/graph-scene.js';

const TEN = Date.parse('2026-11-26T10:00:00Z');
const scene = setGraphScene();
let activity: ActivityRepository;

beforeAll(() => {
  activity = new ActivityRepository(scene.graph, scene.graph);
});
beforeEach(() => scene.raw.wipe());

const addition = (webhookId: string | null, from: number, succeeded: number) => ({
  webhookId,
  hour: { from, sums: { ...noSums(), succeeded, attempts: succeeded, durationMs: 5 * succeeded } },
});

describe('sums by the hour', () => {
  it('are added up for each webhook, and for all', async () => {
    await activity.add([addition(null, TEN, 3), addition('b', TEN, 1), addition('a', TEN, 2)]);
    await activity.add([addition(null, TEN + HOUR_MS, 1), addition('a', TEN + HOUR_MS, 1)]);
    await activity.add([addition(null, TEN, 4), addition('a', TEN, 4)]);
    const sums = (n: number) => ({ ...noSums(), succeeded: n, attempts: n, durationMs: 5 * n });
    const inOrder = async (id: string | null, from: number) =>
      (await activity.hours(id, from)).sort((a, b) => a.from - b.from);
    expect(await inOrder('a', TEN)).toEqual([
      { from: TEN, sums: sums(6) },
      { from: TEN + HOUR_MS, sums: sums(1) },
    ]);
    expect(await inOrder('a', TEN + HOUR_MS)).toEqual([{ from: TEN + HOUR_MS, sums: sums(1) }]);
    expect(await inOrder(null, TEN)).toEqual([
      { from: TEN, sums: sums(7) },
      { from: TEN + HOUR_MS, sums: sums(1) },
    ]);
    expect(await inOrder('c', TEN)).toEqual([]);
    // What all together stand under is the id of no webhook.
    expect(await inOrder('all', TEN)).toEqual([]);
    expect(await activity.byWebhook(null, TEN)).toEqual(
      new Map([
        ['a', sums(7)],
        ['b', sums(1)],
      ]),
    );
    expect(await activity.byWebhook('a', TEN + HOUR_MS)).toEqual(new Map([['a', sums(1)]]));
  });

  it('are forgotten, oldest hours first, so many at once', async () => {
    await activity.add([0, 1, 2, 3].map((hour) => addition('a', TEN + hour * HOUR_MS, 1)));
    expect(await activity.forget(TEN + 3 * HOUR_MS, 2)).toBe(2);
    expect(await activity.forget(TEN + 3 * HOUR_MS, 2)).toBe(1);
    expect(await activity.forget(TEN + 3 * HOUR_MS, 2)).toBe(0);
    expect((await activity.hours('a', TEN)).map(({ from }) => from)).toEqual([TEN + 3 * HOUR_MS]);
  });

  it('begin anew where somebody has spoiled them', async () => {
    await activity.add([addition('a', TEN, 2), addition('a', TEN + HOUR_MS, 2)]);
    await scene.raw.run(
      `MATCH (hour:WebhookActivity {from: '2026-11-26T10:00:00.000Z'}) SET hour.succeeded = ['x']`,
    );
    await scene.raw.run(`MATCH (hour:WebhookActivity {from: '2026-11-26T11:00:00.000Z'}) SET hour.from = 7`);
    await activity.add([addition('a', TEN, 1)]);
    const [hour] = (await activity.hours('a', TEN)).filter(({ from }) => from === TEN);
    expect(hour?.sums.succeeded).toBe(1);
    expect((await activity.byWebhook(null, TEN)).get('a')?.succeeded).toBe(1);
  });
});
