import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock, toTimestamp } from '../../common/clock.js';
import { tellUnlessAway } from '../../neo4j/graph-errors.js';
import { GroupCommit } from '../../neo4j/group-commit/group-commit.js';
import { DueIndex } from './due-index.js';
import type { Claim, HeldDelivery, Stray } from '../model/queued-delivery.js';
import { WorkRepository } from './work.neo4j.repository.js';

const MAX_BATCH = 1000;

/** Gives claims back to the queue in the graph, and keeps in mind when they are due. */
@Injectable()
export class ClaimRelease {
  private readonly logger = new Logger(ClaimRelease.name);
  private readonly commits = new GroupCommit<HeldDelivery, undefined>((batch) => this.write(batch), {
    maxBatch: MAX_BATCH,
  });

  constructor(
    private readonly repository: WorkRepository,
    private readonly dueTimes: DueIndex,
    private readonly clock: Clock,
  ) {}

  /**
   * Untried and in its place: the breaker of its webhook has opened, or its secrets are locked.
   * Resolves when it waits in the graph again. Never rejects: what cannot be written is left to the audit of claims.
   */
  async giveBack(held: HeldDelivery): Promise<void> {
    await this.commits.submit(held);
    this.dueTimes.note(held.webhookId, this.clock.steady());
  }

  /** Gives claims back that nobody works on. Answers how many there still were. */
  async release(claims: readonly Claim[], instanceId: string): Promise<number> {
    const now = this.clock.steady();
    const released = await this.repository.release(claims, instanceId, toTimestamp(now));
    if (released > 0) this.note(claims, now);
    return released;
  }

  /** Puts deliveries into the queue that are neither finished nor claimed nor in it. Answers those that were so. */
  async requeue(ids: readonly string[]): Promise<Stray[]> {
    const now = this.clock.steady();
    const strays = await this.repository.requeueStrays(ids, toTimestamp(now));
    this.note(strays, now);
    return strays;
  }

  /** Looks up in the graph when the next delivery of these webhooks is due. */
  async noteDue(webhookIds: readonly string[]): Promise<void> {
    for (const { webhookId, at } of await this.repository.nextDue(webhookIds)) {
      this.dueTimes.note(webhookId, Date.parse(at) || 0);
    }
  }

  private note(deliveries: readonly { readonly webhookId: string }[], at: number): void {
    for (const { webhookId } of deliveries) this.dueTimes.note(webhookId, at);
  }

  private async write(batch: readonly HeldDelivery[]): Promise<undefined[]> {
    const now = toTimestamp(this.clock.steady());
    for (const instanceId of new Set(batch.map(({ claimedBy }) => claimedBy))) {
      const ids = batch.filter(({ claimedBy }) => claimedBy === instanceId).map(({ id }) => id);
      await this.repository.giveBack(ids, instanceId, now).catch((error: unknown) => {
        tellUnlessAway(this.logger, `${ids.length} deliveries could not be given back now`, error);
      });
    }
    return batch.map(() => undefined);
  }
}

/** The writes that claim deliveries for this instance and have no answer yet. */
export class ClaimsUnderWay {
  private readonly open = new Set<Promise<unknown>>();

  /** Runs what claims deliveries and hands them to the dispatcher. */
  async during<T>(claim: () => Promise<T>): Promise<T> {
    const running = claim();
    this.open.add(running);
    try {
      return await running;
    } finally {
      this.open.delete(running);
    }
  }

  /** Resolves when all claims that are under way now have ended, and what they brought is held. Never rejects. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.open]);
    // What follows upon an answer is done in the same turn.
    await nextTurn();
  }
}
