import type { LoggerService } from '@nestjs/common';
import { DomainError } from '../common/domain-error.js';

/** Neo4j did not answer for as long as the caller could wait. A caller that tries again must bear a repetition. */
export class GraphUnavailableError extends DomainError {
  constructor(
    cause?: unknown,
    /** Whether the store did its work for others at the same time: then it is this statement that it cannot do. */
    readonly othersCouldWrite = false,
    /** Whether what was to be written may be there all the same: the commit was under way. */
    readonly isInDoubt = false,
  ) {
    const message = isInDoubt
      ? 'The graph database is not available: it fell silent during the commit, and whether this is stored is not known; repeat it with the same id or Idempotency-Key'
      : 'The graph database is not available; try again in a moment';
    super('unavailable', 'graph_unavailable', message, [], isInDoubt ? { stored: 'unknown' } : {});
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

/** Whether the graph answered that it does not carry out the statement, for a reason that is none of the above. */
export function isRefused(error: unknown): boolean {
  return !(error instanceof GraphUnavailableError || error instanceof ConstraintViolationError);
}

/** An attempt was given up because it took too long; nobody knows whether it was carried out. */
export class NoAnswerError extends Error {
  constructor(
    afterMs: number,
    /** Whether the server has answered others meanwhile. */
    readonly isAlive: boolean,
  ) {
    super(`no answer within ${(afterMs / 1000).toFixed(1)} s`);
    this.name = 'NoAnswerError';
  }
}

/** For work that is tried again: says that it failed, unless it was for want of the store, which is told once for all. */
export function tellUnlessAway(
  logger: Pick<LoggerService, 'warn' | 'error'>,
  what: string,
  error: unknown,
  level: 'warn' | 'error' = 'warn',
): void {
  if (!(error instanceof GraphUnavailableError)) logger[level](`${what}: ${String(error)}`);
}
