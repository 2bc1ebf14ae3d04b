import { Neo4jError } from 'neo4j-driver';

const CONSTRAINT_VIOLATION = 'Neo.ClientError.Schema.ConstraintValidationFailed';

/** Transient failures that the driver does not mark as retriable: the database is starting or stopping. */
const TEMPORARY: ReadonlySet<string> = new Set([
  'Neo.DatabaseError.General.UnknownError',
  'Neo.ClientError.Database.DatabaseNotFound',
  'ServiceUnavailable',
  'SessionExpired',
]);

export function isConstraintViolation(error: unknown): boolean {
  return error instanceof Neo4jError && error.code === CONSTRAINT_VIOLATION;
}

/** Told by code, never by message: worth another try, because the server is away, changes its leader or found a deadlock. */
export function isTemporary(error: unknown): boolean {
  return error instanceof Neo4jError && (error.retryable || TEMPORARY.has(error.code));
}

/** Wrong user or password, or too many wrong tries. */
export function isAuthenticationError(error: unknown): boolean {
  return error instanceof Neo4jError && error.code.startsWith('Neo.ClientError.Security.');
}
