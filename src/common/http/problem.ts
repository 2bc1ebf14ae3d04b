import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { memberOf } from '../caught.js';
import { DomainError, type DomainErrorKind, type FieldError } from '../domain-error.js';

/** An error as it is answered, before it knows the path of its request. */
export interface Problem {
  readonly status: number;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  readonly members?: Readonly<Record<string, string>>;
}

const STATUS_OF_KIND: Readonly<Record<DomainErrorKind, number>> = {
  invalid: 400,
  unprocessable: 422,
  'not-found': 404,
  precondition: 412,
  unavailable: 503,
};

const RETRY_AFTER_SECONDS = '5';

function problem(status: number, detail: string, errors: readonly FieldError[] = []): Problem {
  return { status, detail, errors, headers: status === 503 ? { 'Retry-After': RETRY_AFTER_SECONDS } : {} };
}

function detailOf(exception: HttpException): string {
  const response = exception.getResponse();
  if (typeof response === 'string') return response;
  const message = memberOf(response, 'message');
  return Array.isArray(message)
    ? message.join('; ')
    : typeof message === 'string'
      ? message
      : exception.message;
}

/** Errors of Express, and of body parsers of an application around us: `status` and `expose` say that the caller is meant (package http-errors). */
function isHttpError(error: unknown): error is Error & { readonly status: number } {
  if (!(error instanceof Error)) return false;
  const status = memberOf(error, 'status');
  return typeof status === 'number' && status >= 400 && status < 500 && memberOf(error, 'expose') !== false;
}

/** What a failure looks like from outside. A 500 says nothing of the inside, whoever threw it. */
export function problemOf(error: unknown): Problem {
  if (error instanceof DomainError) {
    const plain = problem(STATUS_OF_KIND[error.kind], error.message, error.fields);
    return Object.keys(error.members).length === 0 ? plain : { ...plain, members: error.members };
  }
  if (error instanceof HttpException && error.getStatus() !== 500) {
    const { headers } = error as { headers?: Readonly<Record<string, string>> };
    const plain = problem(error.getStatus(), detailOf(error));
    return { ...plain, headers: { ...plain.headers, ...headers } };
  }
  if (isHttpError(error)) return problem(error.status, error.message);
  return problem(500, 'Internal server error');
}

/** The body of the answer (RFC 9457). */
export function problemBody(
  { status, detail, errors, members }: Problem,
  instance: string,
): Record<string, unknown> {
  const title = STATUS_CODES[status] ?? 'Error';
  const body = { type: 'about:blank', title, status, detail, instance, ...members };
  return errors.length > 0 || status === 422 ? { ...body, errors } : body;
}
