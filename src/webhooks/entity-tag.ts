import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Response } from 'express';
import { entityTag } from './if-match.js';
import type { Webhook } from './webhook.js';

/** Sends the tag of a webhook with its answer. @returns the webhook */
export function tagged<T extends Webhook>(response: Response, webhook: T): T {
  response.setHeader('ETag', entityTag(webhook));
  return webhook;
}

/** Documents that a change may be tied to what its caller has read. */
export function ApiIfMatch(): MethodDecorator {
  const description = 'The ETag of an answer: if the webhook was changed since then, nothing is done (412).';
  return applyDecorators(ApiHeader({ name: 'If-Match', required: false, description }));
}
