import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { problemBody, problemOf } from './problem.js';
import { contextOf } from './request-context.js';

/** The stack of an error and of what caused it. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}

const REFUSAL = Symbol('why it was refused');

type Refused = Response & { [REFUSAL]?: string };

/** What kind of mistake an answer is about, as in `type` of its first error; undefined = none is named. */
export const refusalOf = (response: Response): string | undefined => (response as Refused)[REFUSAL];

/**
 * Answers every error as application/problem+json (RFC 9457). The cause of a failure inside is logged, once, with the
 * id of the request. A 503 is an answer: why the service cannot do its work is told where that begins, not at each call.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Request');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<Request>(), http.getResponse<Response>());
  }

  answer(error: unknown, request: Request, response: Response): void {
    const problem = problemOf(error);
    if (problem.status === 500) this.log(problem.detail, error, request);
    const [first] = problem.errors;
    if (first) (response as Refused)[REFUSAL] = first.type;
    if (response.headersSent || response.destroyed) return;
    response
      .status(problem.status)
      .set(problem.headers)
      .type('application/problem+json')
      .send(JSON.stringify(problemBody(problem, request.originalUrl.split('?')[0] ?? '')));
  }

  private log(detail: string, error: unknown, request: Request): void {
    const line = `${request.method} ${request.path} failed: ${detail}`;
    this.logger.error(line, { ...contextOf(request) }, stackOf(error));
  }
}
