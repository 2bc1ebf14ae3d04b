import { Inject, Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { integer } from '../../neo4j/row.js';
import { MEND_COUNTS } from '../queue/instance.cypher.js';
import { InstanceLease } from '../queue/instance-lease.js';
import { WRITE_OUTCOMES } from './outcome.cypher.js';
import type { Outcome } from './outcome.js';

/** What counts against the webhook: not that it was asked to wait, nor that one event is none for it. */
function isFailure({ status, asked, word }: Outcome): boolean {
  return status !== 'success' && !asked && word !== 'rejected';
}

function outcomeRow(outcome: Outcome, attemptId: string | undefined): unknown[] {
  const { deliveryId, webhookId, claimedBy, status, attempts, nextAttemptAt, attempt, errorMessage } =
    outcome;
  const { asked, attemptBase, recoverable, word, digestId = null } = outcome;
  const isLost = status === 'failed' && word !== 'rejected';
  const log = attempt
    ? [[attempt.startedAt, attempt.durationMs, attempt.responseCode, attempt.responseBody, digestId]]
    : [];
  return [
    deliveryId,
    webhookId,
    claimedBy,
    status,
    attempts,
    status === 'retrying' ? webhookId : null,
    nextAttemptAt,
    errorMessage,
    log,
    status === 'success' ? 1 : 0,
    status === 'failed' ? 1 : 0,
    attempt !== null && attempts === 2 ? 1 : 0,
    attempt !== null && isFailure(outcome) ? attempt.startedAt : null,
    attempt?.errorCode ?? null,
    attemptBase === undefined ? [] : [attemptBase, asked?.since ?? null, asked?.pausedUntil ?? null],
    attempt !== null && !asked ? 1 : 0,
    recoverable === true,
    word,
    isLost ? 1 : 0,
    isLost || word === 'blocked' ? 1 : 0,
    ...(attemptId === undefined ? [] : [attemptId]),
  ];
}

/** Writes outcomes, many in one transaction. */
@Injectable()
export class OutcomeRepository {
  constructor(
    private readonly graph: Neo4jGraph,
    @Inject(InstanceLease) private readonly lease: Pick<InstanceLease, 'id'>,
  ) {}

  /**
   * Writes the outcomes whose deliveries this instance still holds, their attempts and the counters.
   *
   * @param attemptId of the attempt of a single outcome, when the one that it would have is taken
   * @returns how many were written; the others had been taken over
   * @throws ConstraintViolationError when an attempt is on record already
   */
  async write(outcomes: readonly Outcome[], attemptId?: string): Promise<number> {
    const [row] = await this.graph.write(WRITE_OUTCOMES, {
      rows: outcomes.map((outcome) => outcomeRow(outcome, attemptId)),
      counter: `${this.lease.id}:outcomes`,
    });
    // The counter was taken away between the look and the lock: the next look makes a new one.
    return row ? integer(row, 'written') : this.write(outcomes, attemptId);
  }

  /** Mends what somebody may have spoiled of the counts that the outcomes of a webhook raise. */
  async mendCounts(webhookId: string): Promise<void> {
    await this.graph.write(MEND_COUNTS, { counter: `${this.lease.id}:outcomes`, webhook_id: webhookId });
  }
}
