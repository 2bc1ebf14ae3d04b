import { Neo4jError } from 'neo4j-driver';

const CONSTRAINT_VIOLATION = 'Neo.ClientError.Schema.ConstraintValidationFailed';
const DATABASE_NOT_FOUND = 'Neo.ClientError.Database.DatabaseNotFound';
const UNAUTHORIZED = 'Neo.ClientError.Security.Unauthorized';
/** The driver has no code for a pool in which no connection became free in time. */
const POOL_EXHAUSTED = 'N/A';

/** Temporary although the driver does not call it retryable: the database is starting or stopping, or overloaded. */
const TEMPORARY: ReadonlySet<string> = new Set([
  'Neo.DatabaseError.General.UnknownError',
  DATABASE_NOT_FOUND,
  POOL_EXHAUSTED,
]);

export function isConstraintViolation(error: unknown): boolean {
  return error instanceof Neo4jError && error.code === CONSTRAINT_VIOLATION;
}

/** Told by code, never by message: worth another try, because the server is away, changes its leader or found a deadlock. */
export function isTemporary(error: unknown): boolean {
  return error instanceof Neo4jError && (error.retryable || TEMPORARY.has(error.code));
}

/** Any refusal for reasons of security: wrong credentials, too many wrong tries, missing rights. */
export function isAuthenticationError(error: unknown): boolean {
  return error instanceof Neo4jError && error.code.startsWith('Neo.ClientError.Security.');
}

/** Wrong user or password. */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof Neo4jError && error.code === UNAUTHORIZED;
}

export function isMissingDatabase(error: unknown): boolean {
  return error instanceof Neo4jError && error.code === DATABASE_NOT_FOUND;
}

/** The part of the driver's message that says what happened: `connect ECONNREFUSED 127.0.0.1:7687`. For people only. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return (cause instanceof Error ? cause.message : message).split('Caused by: ').at(-1) ?? message;
}
