import { DomainError } from '../common/domain-error.js';

/**
 * Neo4j did not answer for as long as the caller could wait. A write was most likely not stored; it was all the same
 * if the connection broke between the commit and its answer, so a caller that tries again must bear a repetition.
 */
export class GraphUnavailableError extends DomainError {
  constructor(cause?: unknown) {
    super('unavailable', 'graph_unavailable', 'The graph database is not available; try again in a moment');
    this.cause = cause;
    this.name = 'GraphUnavailableError';
  }
}

/** A node with the same unique property exists. */
export class ConstraintViolationError extends Error {
  constructor(cause: unknown) {
    super('A node with the same unique property exists', { cause });
    this.name = 'ConstraintViolationError';
  }
}
