import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from './problem.dto.js';

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'A value is not allowed, or the body is not JSON.',
  401: 'An API key is needed (Authorization: Bearer, or X-API-Key).',
  403: 'Refused: the request comes from a foreign web page or names a foreign host, or the key may only read.',
  404: 'There is no such thing.',
  412: 'The webhook was changed meanwhile: its ETag is not among those of If-Match.',
  413: 'The body is larger than MAX_EVENT_BYTES (default 1 MiB), a batch than MAX_BATCH_BYTES (16 MiB).',
  415: 'The body is not declared as JSON.',
  422: 'Fields are missing or of the wrong kind; all of them are named.',
  503: 'Neo4j is away, or the service is shutting down. Try again after Retry-After seconds.',
  508: 'What would change something is a delivery of a webhook that came back, by its headers.',
};

function responseOf(status: number): MethodDecorator {
  const content = { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } };
  return ApiResponse({ status, description: DESCRIPTIONS[status] ?? '', content });
}

/** Documents exactly these errors of an endpoint. */
export function ApiOnlyProblems(...statuses: number[]): MethodDecorator {
  return applyDecorators(ApiExtraModels(ProblemDto), ...statuses.map(responseOf));
}

/** Documents the errors of an endpoint below /api/v1; 401, 403, 503 and 508 are possible everywhere there. */
export function ApiProblems(...statuses: number[]): MethodDecorator {
  return ApiOnlyProblems(...[...new Set([...statuses, 401, 403, 503, 508])].sort((a, b) => a - b));
}
