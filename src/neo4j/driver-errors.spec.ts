import { describe, expect, it } from '@jest/globals';
import neo4j, { Neo4jError } from 'neo4j-driver';
import {
  isAuthenticationError,
  isConstraintViolation,
  isMissingDatabase,
  isTemporary,
  isUnauthorized,
  reasonOf,
} from './driver-errors.js';

function errorWith(code: string, message = 'a message'): Neo4jError {
  return new Neo4jError(message, code, '50N42', message);
}

describe('driver errors', () => {
  it.each([
    'ServiceUnavailable',
    'SessionExpired',
    'N/A',
    'Neo.TransientError.Transaction.DeadlockDetected',
    'Neo.TransientError.General.DatabaseUnavailable',
    'Neo.ClientError.Database.DatabaseNotFound',
  ])('%s is temporary', (code) => {
    expect(isTemporary(errorWith(code))).toBe(true);
  });

  it.each([
    'Neo.ClientError.Statement.SyntaxError',
    'Neo.ClientError.Schema.ConstraintValidationFailed',
    'Neo.ClientError.Security.Unauthorized',
    neo4j.error.PROTOCOL_ERROR,
  ])('%s is not', (code) => {
    expect(isTemporary(errorWith(code))).toBe(false);
  });

  it('tells by the code, not by the message', () => {
    expect(isTemporary(new Error('ServiceUnavailable'))).toBe(false);
    expect(isConstraintViolation(errorWith('Neo.ClientError.Schema.ConstraintValidationFailed'))).toBe(true);
    expect(isConstraintViolation(errorWith('N/A', 'ConstraintValidationFailed'))).toBe(false);
    expect(isUnauthorized(errorWith('Neo.ClientError.Security.Unauthorized'))).toBe(true);
    expect(isUnauthorized(errorWith('Neo.ClientError.Security.AuthenticationRateLimit'))).toBe(false);
    expect(isAuthenticationError(errorWith('Neo.ClientError.Security.AuthenticationRateLimit'))).toBe(true);
    expect(isMissingDatabase(errorWith('Neo.ClientError.Database.DatabaseNotFound'))).toBe(true);
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
