import { Inject, Injectable } from '@nestjs/common';
import { Neo4jGraph } from '../../neo4j/neo4j-graph.js';
import { integer, type Row } from '../../neo4j/row.js';
import { MEND_COUNTS } from '../queue/instance.cypher.js';
import { InstanceLease } from '../queue/instance-lease.js';
import { WRITE_FIRST_SUCCESSES, WRITE_OUTCOMES } from './outcome.cypher.js';
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

/** Of a delivery that its receiver took at once: its attempt tells all there is to write. */
function firstSuccessRow({ deliveryId, attempt }: Outcome): unknown[] {
  return [deliveryId, attempt?.startedAt, attempt?.durationMs, attempt?.responseCode, attempt?.responseBody];
}

function isFirstSuccess({ status, attempts, attempt, digestId, attemptBase }: Outcome): boolean {
  const isPlain = digestId === undefined && attemptBase === undefined;
  return status === 'success' && attempts === 1 && attempt !== null && isPlain;
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
    const [row] = await this.send(outcomes, attemptId);
    // The counter was taken away between the look and the lock: the next look makes a new one.
    return row ? integer(row, 'written') : this.write(outcomes, attemptId);
  }

  /** A success among failures has its part in what they say of a webhook, so these are written as they came, together. */
  private async send(outcomes: readonly Outcome[], attemptId: string | undefined): Promise<Row[]> {
    const counter = `${this.lease.id}:outcomes`;
    const claimer = outcomes[0]?.claimedBy;
    const isPlain = (outcome: Outcome): boolean => isFirstSuccess(outcome) && outcome.claimedBy === claimer;
    if (attemptId === undefined && outcomes.every(isPlain))
      return this.graph.write(WRITE_FIRST_SUCCESSES, {
        rows: outcomes.map(firstSuccessRow),
        claimer,
        counter,
      });
    const rows = outcomes.map((outcome) => outcomeRow(outcome, attemptId));
    return this.graph.write(WRITE_OUTCOMES, { rows, counter });
  }

  /** Mends what somebody may have spoiled of the counts that the outcomes of a webhook raise. */
  async mendCounts(webhookId: string): Promise<void> {
    await this.graph.write(MEND_COUNTS, { counter: `${this.lease.id}:outcomes`, webhook_id: webhookId });
  }
}
