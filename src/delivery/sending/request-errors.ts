import { codeOf as systemCodeOf, memberOf } from '../../common/caught.js';
import type { ErrorCode } from '../model/delivery.js';

/** No answer came within the time that an attempt has. */
export class DeadlineError extends Error {
  /** @param connected whether there was a connection to wait on */
  constructor(readonly connected: boolean) {
    super('No answer in time');
    this.name = 'DeadlineError';
  }
}

/** The address that a request would have gone to is not one that may be called. */
export class PolicyError extends Error {
  constructor(host: string) {
    super(`${host} is not an address that may be called`);
    this.name = 'PolicyError';
  }
}

/** What came is no answer in HTTP/1.1 to what was asked. */
export class NotHttpError extends Error {
  readonly code = 'NOT_HTTP';

  constructor(what: string) {
    super(what);
    this.name = 'NotHttpError';
  }
}

/** Why an attempt has no answer: a word for programs and a sentence for people. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

const COULD_NOT_CONNECT: Failure = { code: 'could_not_connect', message: 'could not connect' };
const TIMED_OUT: Failure = { code: 'timed_out', message: 'timed out' };
const POLICY: Failure = { code: 'policy', message: 'refused by policy' };

function failed(code: ErrorCode, why: string): Failure {
  return { code, message: `${COULD_NOT_CONNECT.message}: ${why}` };
}

function timedOut(code: ErrorCode, why: string): Failure {
  return { code, message: `${TIMED_OUT.message}: ${why}` };
}

const NOT_FOUND = failed('dns_not_found', 'the name is not known');
const LOOKUP_FAILED = failed('dns_not_found', 'the name could not be looked up');
const RESET = failed('reset', 'the connection was closed before there was an answer');
const NO_HTTP = failed('not_http', 'what it answered is no HTTP');
const NO_TLS = failed('not_http', 'it does not speak TLS as we do');
const UNREACHABLE = failed('could_not_connect', 'there is no way to its address');
const NO_CONNECTION = timedOut('timed_out_connect', 'there was no connection in time');
const NO_ANSWER = timedOut('timed_out_answer', 'there was no answer in time');
const UNTRUSTED = failed('tls_untrusted', 'nobody whom we trust has signed its certificate');

/** By the code of the error: Node's own, of OpenSSL, c-ares and undici. */
const BY_CODE: Readonly<Record<string, Failure>> = {
  ENOTFOUND: NOT_FOUND,
  ENODATA: NOT_FOUND,
  EBADNAME: NOT_FOUND,
  EAI_AGAIN: LOOKUP_FAILED,
  EAI_FAIL: LOOKUP_FAILED,
  ESERVFAIL: LOOKUP_FAILED,
  EREFUSED: LOOKUP_FAILED,
  EBADRESP: LOOKUP_FAILED,
  ETIMEOUT: timedOut('timed_out_connect', 'no name server has answered'),
  ECONNREFUSED: failed('refused', 'nothing takes connections there'),
  ECONNRESET: RESET,
  EPIPE: RESET,
  UND_ERR_SOCKET: RESET,
  ETIMEDOUT: NO_CONNECTION,
  UND_ERR_CONNECT_TIMEOUT: NO_CONNECTION,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EADDRNOTAVAIL: UNREACHABLE,
  CERT_HAS_EXPIRED: failed('tls_expired', 'its certificate has expired'),
  CERT_NOT_YET_VALID: failed('tls_expired', 'its certificate is not valid yet'),
  DEPTH_ZERO_SELF_SIGNED_CERT: failed('tls_untrusted', 'its certificate is signed by itself'),
  ERR_TLS_CERT_ALTNAME_INVALID: failed('tls_name', 'its certificate is for another name'),
  HOSTNAME_MISMATCH: failed('tls_name', 'its certificate is for another name'),
  EPROTO: NO_TLS,
  HTTPParserError: NO_HTTP,
  NOT_HTTP: NO_HTTP,
  UND_ERR_HEADERS_OVERFLOW: failed('not_http', 'the headers of its answer have no end'),
};

/** All other verdicts of OpenSSL on a certificate (verify(1), "Diagnostics"). */
const CERTIFICATE = /^(?:UNABLE_TO_|SELF_SIGNED_|CERT_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|CRL_|CA_)/;

/**
 * Of an error, or of the first one that it gathers: of several addresses the first one tells why. The name where there
 * is no code, as with undici's parser.
 */
function codeOf(error: unknown): string | undefined {
  const code = systemCodeOf(error);
  if (code !== undefined) return code;
  const errors = memberOf(error, 'errors');
  if (Array.isArray(errors)) return codeOf(errors[0]);
  const name = memberOf(error, 'name');
  return typeof name === 'string' ? name : undefined;
}

function byCode(code: string): Failure {
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code] ?? COULD_NOT_CONNECT;
  if (code.startsWith('ERR_SSL_')) return NO_TLS;
  return CERTIFICATE.test(code) ? UNTRUSTED : COULD_NOT_CONNECT;
}

function inDetail(error: unknown): Failure {
  if (error instanceof DeadlineError) return error.connected ? NO_ANSWER : NO_CONNECTION;
  if (error instanceof PolicyError) return POLICY;
  const code = codeOf(error);
  return code === undefined ? COULD_NOT_CONNECT : byCode(code);
}

function inShort(failure: Failure): Failure {
  if (failure.code === 'policy' || failure.code === 'dns_not_found') return failure;
  return failure.code.startsWith('timed_out') ? TIMED_OUT : COULD_NOT_CONNECT;
}

/**
 * What a caller may learn of a request without an answer. Of a place that only `ALLOWED_NETWORKS` opens, what is no HTTP
 * is not told from what is not there: otherwise a webhook could be used to find out what listens where.
 *
 * @param isPublic whether it was on its way to a public address
 */
export function failureOf(error: unknown, isPublic: boolean): Failure {
  const failure = inDetail(error);
  return isPublic ? failure : inShort(failure);
}

function nameOf(error: Error): string {
  const code = systemCodeOf(error);
  return code !== undefined ? `${error.name} ${code}` : error.name;
}

/**
 * The kind of an error and of what caused it, for the log. Without the messages: they quote addresses, headers and what
 * the receiver sent.
 */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const causes: unknown[] = error instanceof AggregateError ? error.errors : [error.cause];
  const known = causes.filter((cause) => cause !== undefined);
  return known.length === 0 ? nameOf(error) : `${nameOf(error)} (${known.map(kindOf).join(', ')})`;
}
