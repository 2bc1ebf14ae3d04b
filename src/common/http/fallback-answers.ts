import { NotFoundException } from '@nestjs/common';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import { ProblemFilter } from './problem.filter.js';

/**
 * Problems for what no route took, behind all routes. Nest's own handlers stand below the global prefix only; elsewhere
 * Express would answer with HTML.
 */
export function addFallbackAnswers(express: Express): void {
  const filter = new ProblemFilter();
  const notFound: RequestHandler = (request, response) => {
    filter.answer(new NotFoundException(`Cannot ${request.method} ${request.path}`), request, response);
  };
  // Express tells error handlers by their four parameters.
  const failed: ErrorRequestHandler = (error, request, response, _next) => {
    filter.answer(error, request, response);
  };
  express.use(notFound, failed);
}
