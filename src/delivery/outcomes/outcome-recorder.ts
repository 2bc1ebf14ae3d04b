import { Injectable, Logger, Optional } from '@nestjs/common';
import { DeliveryMetrics, NoMetrics } from '../../common/metrics/delivery-metrics.js';
import { newId } from '../../common/new-id.js';
import { ConstraintViolationError, GraphUnavailableError, isRefused } from '../../neo4j/graph-errors.js';
import { GroupCommit } from '../../neo4j/group-commit/group-commit.js';
import { answerOf, type Outcome } from './outcome.js';
import { OutcomeRepository } from './outcome.neo4j.repository.js';

const MAX_BATCH = 1000;
/** Nobody waits for an outcome: gathered for so long, they make half as many transactions under load. */
const PACE_MS = 10;
/** Few at a time cost a transaction each, and a Neo4j that has just started keeps up with few of them. */
const FEW = 16;
const PACE_OF_FEW_MS = 100;

/** The store is away for everybody. One that only cannot write these outcomes will not write them later either. */
function isUnavailable(error: unknown): boolean {
  return error instanceof GraphUnavailableError && !error.othersCouldWrite;
}

/** Seconds since a delivery was made: its id, a UUIDv7, begins with the time. */
function ageOf(deliveryId: string): number {
  const madeAt = parseInt(deliveryId.replace('-', '').slice(0, 12), 16);
  return Number.isNaN(madeAt) ? 0 : Math.max(0, Date.now() - madeAt) / 1000;
}

/** The way back: what became of the attempts, in group commits. An absent graph is waited for, however long it takes. */
@Injectable()
export class OutcomeRecorder {
  private readonly logger = new Logger(OutcomeRecorder.name);
  private readonly commits: GroupCommit<Outcome, undefined>;
  private closing = false;

  constructor(
    private readonly repository: OutcomeRepository,
    @Optional() private readonly metrics: DeliveryMetrics = new NoMetrics(),
  ) {
    const observe = (size: number, seconds: number): void => {
      metrics.committed('outcomes', size, seconds);
    };
    this.commits = new GroupCommit((batch) => this.write(batch), {
      maxBatch: MAX_BATCH,
      observe,
      paceMs: (size) => (size < FEW ? PACE_OF_FEW_MS : PACE_MS),
    });
  }

  /** Resolves when the outcome is committed, or was given up because another instance holds the delivery. */
  async commit(outcome: Outcome): Promise<void> {
    await this.commits.submit(outcome);
    const { attempt, status, word, format = 'basset' } = outcome;
    if (status !== 'retrying') this.metrics.finished(status, ageOf(outcome.deliveryId));
    if (!attempt) return;
    this.metrics.attempted(status, attempt.durationMs / 1000);
    if (word) this.metrics.answered({ answer: answerOf(attempt), format, outcome: word });
  }

  /** Writes what is left; from now on an absent graph is no longer waited for without end. */
  async close(): Promise<void> {
    this.closing = true;
    await this.commits.drain();
  }

  private async write(batch: readonly Outcome[]): Promise<undefined[]> {
    await this.persist(batch);
    return batch.map(() => undefined);
  }

  private async persist(batch: readonly Outcome[], attemptId?: string): Promise<void> {
    let isMended = false;
    for (;;) {
      try {
        const written = await this.repository.write(batch, attemptId);
        if (written < batch.length)
          this.logger.warn(`${batch.length - written} outcomes were no longer ours`);
        return;
      } catch (error) {
        if (isUnavailable(error) && !this.closing) continue;
        if (!isMended && (await this.mend(batch, error))) {
          isMended = true;
          continue;
        }
        await this.isolate(batch, error, attemptId);
        return;
      }
    }
  }

  /** Whether a single outcome that the graph refuses is worth another try: the counts that it raises may be spoiled. */
  private async mend([first, ...others]: readonly Outcome[], error: unknown): Promise<boolean> {
    if (!first || others.length > 0 || !isRefused(error)) return false;
    this.logger.error(
      `Outcome of webhook ${first.webhookId} refused, its counts are mended: ${String(error)}`,
    );
    return this.repository.mendCounts(first.webhookId).then(
      () => true,
      () => false,
    );
  }

  /**
   * One outcome that cannot be written must not hold up the others: its claim is given back later. But for one whose
   * attempt is on record already (somebody has changed the delivery, or a part of the graph is restored): it would be
   * sent again and again, and so goes on record under another id.
   */
  private async isolate(batch: readonly Outcome[], error: unknown, attemptId?: string): Promise<void> {
    const [first] = batch;
    if (first && batch.length === 1 && error instanceof ConstraintViolationError && attemptId === undefined) {
      this.logger.error(`Delivery ${first.deliveryId} has an attempt ${first.attempts} already`);
      await this.persist(batch, `${first.deliveryId}:${first.attempts}:${newId()}`);
      return;
    }
    if (batch.length === 1 || isUnavailable(error)) {
      this.logger.error(`Outcomes not written: ${String(error)}`);
      return;
    }
    for (const outcome of batch) await this.persist([outcome]);
  }
}
