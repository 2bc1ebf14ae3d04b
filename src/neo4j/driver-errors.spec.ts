import { describe, expect, it } from '@jest/globals';
import { Neo4jError } from 'neo4j-driver';
import {
  faultOf,
  isConstraintViolation,
  isMissingDatabase,
  isServersAnswer,
  isUnauthorized,
  reasonOf,
} from './driver-errors.js';
import { NoAnswerError } from './graph-errors.js';

function errorWith(code: string, message = 'a message'): Neo4jError {
  return new Neo4jError(message, code, '50N42', message);
}

describe('driver errors', () => {
  it.each([
    ['ServiceUnavailable', 'away'],
    ['SessionExpired', 'away'],
    ['ProtocolError', 'away'],
    ['N/A', 'busy'],
    ['Neo.TransientError.Transaction.DeadlockDetected', 'busy'],
    ['Neo.TransientError.General.DatabaseUnavailable', 'away'],
    ['Neo.TransientError.General.MemoryPoolOutOfMemoryError', 'busy'],
    ['Neo.TransientError.General.TransactionOutOfMemoryError', 'busy'],
    ['Neo.ClientError.Transaction.TransactionTimedOut', 'busy'],
    ['Neo.ClientError.Database.DatabaseNotFound', 'away'],
    ['Neo.ClientError.Security.Unauthorized', 'refused'],
    ['Neo.ClientError.Security.AuthenticationRateLimit', 'refused'],
    ['Neo.ClientError.Security.CredentialsExpired', 'refused'],
    ['Neo.ClientError.Security.Forbidden', 'broken'],
    ['Neo.ClientError.General.ForbiddenOnReadOnlyDatabase', 'broken'],
    ['Neo.ClientError.General.WriteOnReadOnlyAccessDatabase', 'broken'],
    ['Neo.ClientError.Cluster.NotALeader', 'broken'],
    ['Neo.DatabaseError.General.UnknownError', 'broken'],
    ['Neo.DatabaseError.Transaction.TransactionCommitFailed', 'broken'],
    ['Neo.DatabaseError.Statement.ExecutionFailed', 'broken'],
    ['Neo.DatabaseError.Something.NobodyKnowsYet', 'broken'],
  ])('%s is a fault: %s', (code, fault) => {
    expect(faultOf(errorWith(code))).toBe(fault);
  });

  it.each([
    'Neo.ClientError.Statement.SyntaxError',
    'Neo.ClientError.Statement.ParameterMissing',
    'Neo.ClientError.Schema.ConstraintValidationFailed',
    'Neo.DatabaseError.Schema.ConstraintCreationFailed',
    'Neo.ClientError.Procedure.ProcedureNotFound',
  ])('%s is an answer', (code) => {
    expect(faultOf(errorWith(code))).toBeUndefined();
  });

  it('takes silence for absence only where nothing else is heard', () => {
    expect(faultOf(new NoAnswerError(100, false))).toBe('away');
    expect(faultOf(new NoAnswerError(100, true))).toBe('busy');
  });

  it('tells by the code, not by the message', () => {
    expect(faultOf(new Error('ServiceUnavailable'))).toBeUndefined();
    expect(isConstraintViolation(errorWith('Neo.ClientError.Schema.ConstraintValidationFailed'))).toBe(true);
    expect(isConstraintViolation(errorWith('N/A', 'ConstraintValidationFailed'))).toBe(false);
    expect(isUnauthorized(errorWith('Neo.ClientError.Security.Unauthorized'))).toBe(true);
    expect(isUnauthorized(errorWith('Neo.ClientError.Security.AuthenticationRateLimit'))).toBe(false);
    expect(isMissingDatabase(errorWith('Neo.ClientError.Database.DatabaseNotFound'))).toBe(true);
  });

  it('knows a sign of life', () => {
    expect(isServersAnswer(errorWith('Neo.ClientError.Statement.SyntaxError'))).toBe(true);
    expect(isServersAnswer(errorWith('Neo.ClientError.Security.Unauthorized'))).toBe(true);
    expect(isServersAnswer(errorWith('ServiceUnavailable'))).toBe(false);
    expect(isServersAnswer(errorWith('N/A'))).toBe(false);
    expect(isServersAnswer(new NoAnswerError(100, true))).toBe(false);
  });

  it('gives people the end of a long message', () => {
    const long = 'Failed to connect to server. Please … Caused by: connect ECONNREFUSED 127.0.0.1:1';
    expect(reasonOf(errorWith('ServiceUnavailable', long))).toBe('connect ECONNREFUSED 127.0.0.1:1');
    expect(reasonOf(new Error('No routing servers', { cause: new Error(long) }))).toBe(
      'connect ECONNREFUSED 127.0.0.1:1',
    );
    expect(reasonOf(new Error('plain'))).toBe('plain');
  });
});
