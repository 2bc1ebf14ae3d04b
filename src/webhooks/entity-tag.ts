import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { entityTag, revisionsOf } from './if-match.js';
import type { Webhook } from './webhook.js';

/**
 * Sends the tag of a webhook with its answer. It tells of the settings, and the counts beside them change without it: no
 * answer is 304, which Express would make of `If-None-Match`.
 *
 * @returns the webhook
 */
export function tagged<T extends Webhook>(response: Response, webhook: T): T {
  delete response.req.headers['if-none-match'];
  response.setHeader('ETag', entityTag(webhook));
  return webhook;
}

/** What `If-Match` says; undefined = any revision will do. */
export type Revisions = readonly string[] | undefined;

/** The revisions of the webhook that the caller has read. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): Revisions => {
  return revisionsOf(context.switchToHttp().getRequest<Request>().get('if-match'));
});

/** Documents that a change may be tied to what its caller has read. */
export function ApiIfMatch(): MethodDecorator {
  const description = 'The ETag of an answer: if the webhook was changed since then, nothing is done (412).';
  return applyDecorators(ApiHeader({ name: 'If-Match', required: false, description }));
}
