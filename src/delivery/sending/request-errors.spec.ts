import { describe, expect, it } from '@jest/globals';
import { errors } from 'undici';
import { DeadlineError, failureOf, kindOf, NotHttpError, PolicyError } from './request-errors.js';

const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code });
const coded = (code: string): Error => withCode('planted 10.0.0.1', code);

describe('why there was no answer', () => {
  it.each([
    ['dns_not_found', coded('ENOTFOUND'), 'dns_not_found'],
    ['dns_not_found', coded('ENODATA'), 'dns_not_found'],
    ['dns_not_found', coded('EAI_AGAIN'), 'dns_not_found'],
    ['dns_not_found', coded('ESERVFAIL'), 'dns_not_found'],
    ['timed_out_connect', coded('ETIMEOUT'), 'timed_out'],
    ['timed_out_connect', coded('ETIMEDOUT'), 'timed_out'],
    ['timed_out_connect', coded('UND_ERR_CONNECT_TIMEOUT'), 'timed_out'],
    ['timed_out_connect', new DeadlineError(false), 'timed_out'],
    ['timed_out_answer', new DeadlineError(true), 'timed_out'],
    ['refused', coded('ECONNREFUSED'), 'could_not_connect'],
    ['refused', new AggregateError([coded('ECONNREFUSED'), coded('EHOSTUNREACH')]), 'could_not_connect'],
    ['reset', coded('ECONNRESET'), 'could_not_connect'],
    ['reset', coded('EPIPE'), 'could_not_connect'],
    ['reset', coded('UND_ERR_SOCKET'), 'could_not_connect'],
    ['tls_expired', coded('CERT_HAS_EXPIRED'), 'could_not_connect'],
    ['tls_expired', coded('CERT_NOT_YET_VALID'), 'could_not_connect'],
    ['tls_untrusted', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'could_not_connect'],
    ['tls_untrusted', coded('SELF_SIGNED_CERT_IN_CHAIN'), 'could_not_connect'],
    ['tls_untrusted', coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'could_not_connect'],
    ['tls_untrusted', coded('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), 'could_not_connect'],
    ['tls_untrusted', coded('CERT_REVOKED'), 'could_not_connect'],
    ['tls_name', coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'could_not_connect'],
    ['not_http', new errors.HTTPParserError('planted 10.0.0.1'), 'could_not_connect'],
    ['not_http', coded('ERR_SSL_WRONG_VERSION_NUMBER'), 'could_not_connect'],
    ['not_http', coded('EPROTO'), 'could_not_connect'],
    ['not_http', new NotHttpError('planted'), 'could_not_connect'],
    ['could_not_connect', coded('EHOSTUNREACH'), 'could_not_connect'],
    ['could_not_connect', coded('toString'), 'could_not_connect'],
    ['could_not_connect', 'anything', 'could_not_connect'],
    ['policy', new PolicyError('10.0.0.1'), 'policy'],
  ])('is %s for %s, and %s where a network was opened', (detailed, error, coarse) => {
    const failures = [failureOf(error, true), failureOf(error, false)];
    expect(failures.map(({ code }) => code)).toEqual([detailed, coarse]);
    for (const { message } of failures) {
      expect(message).toMatch(/^(?:could not connect|timed out|refused by policy)/);
      expect(message).not.toMatch(/planted|10\.0\.0/);
    }
  });

  it.each([
    [new errors.HTTPParserError('planted'), 'could not connect'],
    [coded('CERT_HAS_EXPIRED'), 'could not connect'],
    [new DeadlineError(true), 'timed out'],
    [new DeadlineError(false), 'timed out'],
    [new PolicyError('10.0.0.1'), 'refused by policy'],
  ])('of %s is one of four sentences where a network was opened', (error, sentence) => {
    expect(failureOf(error, false).message).toBe(sentence);
  });
});

describe('kindOf', () => {
  const inside = withCode('connect ECONNREFUSED 10.0.0.1:80', 'ECONNREFUSED');

  it.each([
    [inside, 'Error ECONNREFUSED'],
    [new PolicyError('10.0.0.1'), 'PolicyError'],
    [
      new AggregateError([inside, withCode('10.0.0.2', 'EHOSTUNREACH')]),
      /^AggregateError \(.*ECONNREFUSED.*EHOSTUNREACH\)$/,
    ],
    [new TypeError('planted', { cause: inside }), 'TypeError (Error ECONNREFUSED)'],
    [new Error('planted', { cause: 'planted' }), 'Error (string)'],
    ['planted', 'string'],
  ])('says what happened, and nothing of what was said or where (case %#)', (error, kind) => {
    expect(kindOf(error)).toMatch(kind);
    expect(kindOf(error)).not.toMatch(/planted|10\.0\.0/);
  });
});
