import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { problemBody, problemOf } from './problem.js';

/** Answers every error as application/problem+json; the cause of a failure inside is logged, once. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Request');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(error);
    if (problem.status === 500) {
      this.logger.error(
        `${request.method} ${request.path} failed`,
        error instanceof Error ? error.stack : error,
      );
    }
    if (response.headersSent || response.destroyed) return;
    response
      .status(problem.status)
      .set(problem.headers)
      .type('application/problem+json')
      .send(JSON.stringify(problemBody(problem, request.originalUrl.split('?')[0] ?? '')));
  }
}
