import { describe, expect, it } from '@jest/globals';
import { Subject, VirtualTimeScheduler } from 'rxjs';
import type { Clock } from '../../common/clock.js';
import type { Conclusion } from '../../delivery/lanes/conclusions.js';
import { Repeater } from '../../neo4j/repeater.js';
import type { Dispatcher } from '../../delivery/lanes/dispatcher.js';
import { Activity } from './activity.js';
import type { ActivityRepository } from './activity.neo4j.repository.js';
import type { Addition } from './activity-sums.js';

const NOW = Date.parse('2026-11-26T10:20:30Z');

/** A graph whose writes take as long as the test wants. */
class SlowGraph {
  private readonly kept: Addition[] = [];
  private readonly waiting: (() => void)[] = [];

  async add(additions: readonly Addition[]): Promise<void> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.kept.push(...additions);
  }

  commit(): void {
    this.waiting.shift()?.();
  }

  async hours(webhookId: string | null): Promise<Addition['hour'][]> {
    return this.kept.filter((one) => one.webhookId === webhookId).map(({ hour }) => hour);
  }

  async forget(): Promise<number> {
    return 0;
  }
}

describe('figures by the hour', () => {
  it('count what is being written once, neither twice nor not at all', async () => {
    const concluded$ = new Subject<Conclusion>();
    const scheduler = new VirtualTimeScheduler(undefined, 1);
    const graph = new SlowGraph();
    const activity = new Activity(
      { concluded$ } as unknown as Dispatcher,
      graph as unknown as ActivityRepository,
      { now: () => NOW } as Clock,
      new Repeater(scheduler),
    );
    activity.onApplicationBootstrap();
    concluded$.next({
      held: { webhookId: 'w' },
      outcome: { status: 'success', attempt: null },
    } as Conclusion);
    const stopped = activity.onApplicationShutdown();
    const asked = activity.buckets({ since: NOW }, 'hour');
    graph.commit();
    await stopped;
    expect((await asked).map(({ sums }) => sums.succeeded)).toEqual([1]);
  });
});
