import type { Outcome } from './outcome.js';

/** Writes outcomes, many in one transaction. */
export abstract class OutcomeRepository {
  /**
   * Writes the outcomes whose deliveries this instance still holds, their attempts and the counters.
   *
   * @param attemptId of the attempt of a single outcome, when the one that it would have is taken
   * @returns how many were written; the others had been taken over
   * @throws ConstraintViolationError when an attempt is on record already
   */
  abstract write(outcomes: readonly Outcome[], attemptId?: string): Promise<number>;
}
