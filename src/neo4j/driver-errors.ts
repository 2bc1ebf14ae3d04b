import { Neo4jError } from 'neo4j-driver';
import { NoAnswerError } from './graph-errors.js';

const CONSTRAINT_VIOLATION = 'Neo.ClientError.Schema.ConstraintValidationFailed';
const DATABASE_NOT_FOUND = 'Neo.ClientError.Database.DatabaseNotFound';
const UNAUTHORIZED = 'Neo.ClientError.Security.Unauthorized';

/**
 * What keeps the store from doing its work:
 * - `away`: nothing answers, or no database does; everything waits for one that tries
 * - `refused`: the user or its password is not accepted; tried rarely, because Neo4j locks users out
 * - `broken`: it answers, and cannot do what it was asked: a full disk, a database that may only be read
 * - `busy`: this one statement was in the way of others, or they of it: it is worth another try
 */
export type Fault = 'away' | 'refused' | 'broken' | 'busy';

/** By code, or by the beginning of it; the first that fits. What is not a fault (undefined) is an answer to the statement. */
const FAULTS: readonly (readonly [code: string, fault: Fault | undefined])[] = [
  ['ServiceUnavailable', 'away'],
  ['SessionExpired', 'away'],
  ['ProtocolError', 'away'],
  // The driver has no code for a pool in which no connection became free in time.
  ['N/A', 'busy'],
  ['Neo.TransientError.General.DatabaseUnavailable', 'away'],
  ['Neo.TransientError.Database.DatabaseUnavailable', 'away'],
  ['Neo.TransientError.', 'busy'],
  // A server that starts or stops has its databases later, or no longer.
  [DATABASE_NOT_FOUND, 'away'],
  ['Neo.ClientError.Security.Forbidden', 'broken'],
  ['Neo.ClientError.Security.', 'refused'],
  ['Neo.ClientError.Transaction.', 'busy'],
  ['Neo.ClientError.Schema.', undefined],
  ['Neo.DatabaseError.Schema.', undefined],
  ['Neo.ClientError.Statement.', undefined],
  ['Neo.ClientError.Procedure.', undefined],
  ['Neo.ClientError.Request.', undefined],
  // Whatever else a database says is about itself (read-only, not the leader …), not about a statement of ours.
  ['Neo.', 'broken'],
];

/** The one place that tells faults from answers; by code, never by message. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof NoAnswerError) return error.isAlive ? 'busy' : 'away';
  if (!(error instanceof Neo4jError)) return undefined;
  return FAULTS.find(([code]) => error.code.startsWith(code))?.[1];
}

/** Whether an error came from a server, which therefore lives. */
export function isServersAnswer(error: unknown): boolean {
  return error instanceof Neo4jError && error.code.startsWith('Neo.') && faultOf(error) !== 'away';
}

/**
 * Whether new connections are wanted: those there are say nothing, or may still be open to a user that Neo4j refuses, or
 * ask for what was read last on a server that was set back (its bookmark is unknown).
 */
export function areConnectionsUseless(error: unknown): boolean {
  if (error instanceof NoAnswerError) return !error.isAlive;
  return error instanceof Neo4jError && (faultOf(error) === 'refused' || error.code.includes('Bookmark'));
}

export function isConstraintViolation(error: unknown): boolean {
  return error instanceof Neo4jError && error.code === CONSTRAINT_VIOLATION;
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
