import { type CanActivate, type ExecutionContext, HttpException, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { SAFE_METHODS } from './browser.guard.js';

/** What every delivery of this software carries (`outboundHeaders`); one is enough, since a proxy may take some away. */
const OWN_AGENT = /^Basset-Hound-Webhooks\//i;
const MARKS = [
  'x-webhook-delivery',
  'x-webhook-event',
  'x-webhook-attempt',
  'x-webhook-signature',
  'webhook-id',
];

/**
 * A delivery that comes back to the API, through whatever proxy or forwarder, would emit itself for ever: its body is one
 * that `POST /events` takes. It is told by its headers, and changes nothing.
 */
@Injectable()
export class LoopGuard implements CanActivate {
  /** @throws HttpException (508) */
  canActivate(context: ExecutionContext): boolean {
    const { method, headers } = context.switchToHttp().getRequest<Request>();
    if (SAFE_METHODS.has(method)) return true;
    if (OWN_AGENT.test(headers['user-agent'] ?? '') || MARKS.some((name) => name in headers)) {
      throw new HttpException(
        'A delivery of a webhook must not lead back into the API of this software',
        508,
      );
    }
    return true;
  }
}
