import { DomainError } from '../common/domain-error.js';

/** Neo4j did not answer for as long as the caller could wait. Nothing was stored. */
export class GraphUnavailableError extends DomainError {
  constructor() {
    super('unavailable', 'graph_unavailable', 'The graph database is not available; try again in a moment');
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
