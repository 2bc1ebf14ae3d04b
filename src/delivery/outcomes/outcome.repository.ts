import type { Outcome } from './outcome.js';

/** Writes outcomes, many in one transaction. */
export abstract class OutcomeRepository {
  /**
   * Writes the outcomes whose deliveries this instance still holds, their attempts and the counters.
   * @returns how many were written; the others had been taken over
   */
  abstract write(outcomes: readonly Outcome[]): Promise<number>;
}
