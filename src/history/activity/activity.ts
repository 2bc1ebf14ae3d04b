import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { Clock } from '../../common/clock.js';
import type { Conclusion } from '../../delivery/lanes/conclusions.js';
import { Dispatcher } from '../../delivery/lanes/dispatcher.js';
import { answerOf } from '../../delivery/outcomes/outcome.js';
import { Repeater } from '../../neo4j/repeater.js';
import {
  beginOf,
  firstBucket,
  HOUR_MS,
  inBuckets,
  KEPT_MS,
  type BucketName,
  type HourSums,
  add,
  noSums,
  type Sums,
  ActivityTally,
} from './activity-sums.js';
import { ActivityRepository } from './activity.neo4j.repository.js';

const FLUSH_MS = 10_000;
/** Hours written, or forgotten, in one transaction. */
const BATCH = 1000;

export interface ActivityQuery {
  readonly webhookId?: string;
  /** ms since the epoch; 30 days ago at most. */
  readonly since?: number;
}

/**
 * What became of attempts, by the hour: summed in memory and added to the graph every ten seconds. A crash loses ten
 * seconds of a chart, never of the log.
 */
@Injectable()
export class Activity implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Activity.name);
  private readonly tally = new ActivityTally();
  private readonly running = new Subscription();
  /** The write that is under way, or was the last. Never rejects. */
  private writing: Promise<void> = Promise.resolve();
  private writes = 0;

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly repository: ActivityRepository,
    private readonly clock: Clock,
    private readonly repeater: Repeater,
  ) {}

  onApplicationBootstrap(): void {
    this.running.add(
      this.dispatcher.concluded$.subscribe((conclusion) => {
        this.note(conclusion);
      }),
    );
    const named = { logger: this.logger, trouble: 'Figures for charts were not written' };
    const rounds = this.repeater.repeat(() => this.round(), named);
    this.running.add(() => void rounds.stop());
  }

  /** The engine has written its last outcome by now, and the graph is still open. */
  async onApplicationShutdown(): Promise<void> {
    this.running.unsubscribe();
    await this.flush().catch((error: unknown) => {
      this.logger.warn(`The last figures for charts are lost: ${String(error)}`);
    });
  }

  /** One bucket for each hour or day, in the order of time, until now. */
  async buckets({ webhookId, since }: ActivityQuery, bucket: BucketName): Promise<HourSums[]> {
    const now = this.clock.now();
    const first = firstBucket(since, bucket, now);
    const key = webhookId ?? null;
    return this.betweenWrites(async () => {
      const kept = await this.repository.hours(key, first);
      return inBuckets([...kept, ...this.tally.hours(key)], first, bucket, now);
    });
  }

  /** The sums of each webhook of which there are any, by its id. */
  async byWebhook({ webhookId, since }: ActivityQuery): Promise<Map<string, Sums>> {
    const first = firstBucket(since, 'hour', this.clock.now());
    return this.betweenWrites(async () => {
      const found = await this.repository.byWebhook(webhookId ?? null, first);
      const more = webhookId === undefined ? this.tally.webhooks() : [webhookId];
      for (const id of more) this.addWaiting(found, id, first);
      return found;
    });
  }

  /** For a clearing of the graph: what waits is of what is no more. */
  dropWaiting(): void {
    this.tally.take();
  }

  /** What is being written is in memory no longer, and in the graph perhaps: neither is looked at meanwhile. */
  private async betweenWrites<T>(read: () => Promise<T>): Promise<T> {
    for (;;) {
      const { writes } = this;
      await this.writing;
      const found = await read();
      if (writes === this.writes) return found;
    }
  }

  private addWaiting(found: Map<string, Sums>, webhookId: string, first: number): void {
    for (const { from, sums } of this.tally.hours(webhookId)) {
      if (from < first) continue;
      const all = found.get(webhookId) ?? noSums();
      add(all, sums);
      found.set(webhookId, all);
    }
  }

  private note({ held, outcome }: Conclusion): void {
    const { status, attempt } = outcome;
    const made = attempt && { answer: answerOf(attempt), durationMs: attempt.durationMs };
    this.tally.note(held.webhookId, this.clock.now(), { status, ...(made && { attempt: made }) });
  }

  private async round(): Promise<number> {
    await this.flush();
    const oldest = beginOf(this.clock.now() - KEPT_MS, HOUR_MS);
    const forgotten = await this.repository.forget(oldest, BATCH);
    return forgotten === BATCH ? 0 : FLUSH_MS;
  }

  private async flush(): Promise<void> {
    const write = this.write();
    this.writing = write.catch(() => undefined);
    await write;
  }

  private async write(): Promise<void> {
    const taken = this.tally.take();
    if (taken.length > 0) this.writes += 1;
    while (taken.length > 0) {
      const batch = taken.splice(0, BATCH);
      try {
        await this.repository.add(batch);
      } catch (error) {
        this.tally.putBack([...batch, ...taken]);
        throw error;
      }
    }
  }
}
